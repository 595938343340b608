// Shakes hands with a TLS-PSK server, time and again, and prints what each one cost the server: its CPU time, of all
// threads, kernel and user (/proc/PID/task/TID/schedstat, proc(5)), in nanoseconds.
//
//   handshake-client PORT PID COUNT IDENTITY HEXKEY 1.2|1.3 [SUITE]
#include <arpa/inet.h>
#include <dirent.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { threads = 8 };

static const char *identity, *hexkey;
static struct sockaddr_in server;
static SSL_CTX *context;
static int each;

static unsigned int offer(SSL *ssl, const char *hint, char *name, unsigned int nameSize, unsigned char *key,
                          unsigned int keySize) {
  unsigned int count = 0;
  (void)ssl, (void)hint;
  if (snprintf(name, nameSize, "%s", identity) >= (int)nameSize) return 0;
  while (count < keySize && sscanf(hexkey + 2 * count, "%2hhx", key + count) == 1) count++;
  return count;
}

static long long cpuTime(const char *process) {
  char path[300];
  long long sum = 0, time;
  snprintf(path, sizeof path, "/proc/%s/task", process);
  DIR *tasks = opendir(path);
  if (!tasks) return -1;
  for (struct dirent *task; (task = readdir(tasks));) {
    snprintf(path, sizeof path, "/proc/%s/task/%s/schedstat", process, task->d_name);
    FILE *file = task->d_name[0] == '.' ? NULL : fopen(path, "r");
    if (!file) continue;
    if (fscanf(file, "%lld", &time) == 1) sum += time;
    fclose(file);
  }
  closedir(tasks);
  return sum;
}

// One handshake, and both sides say goodbye.
static int shakeHands(void) {
  char byte;
  int done = 0, handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  SSL *ssl = SSL_new(context);
  if (connect(handle, (struct sockaddr *)&server, sizeof server) == 0) {
    SSL_set_fd(ssl, handle);
    done = SSL_connect(ssl) == 1;
    if (done && SSL_shutdown(ssl) >= 0) SSL_read(ssl, &byte, 1);
  }
  SSL_free(ssl);
  close(handle);
  return done;
}

static void *work(void *failures) {
  for (int i = 0; i < each; i++) *(int *)failures += !shakeHands();
  return NULL;
}

static int runThreads(int count) {
  pthread_t workers[threads];
  int failures[threads] = {0}, sum = 0;
  each = count / threads;
  for (int i = 0; i < threads; i++) pthread_create(&workers[i], NULL, work, &failures[i]);
  for (int i = 0; i < threads; i++) {
    pthread_join(workers[i], NULL);
    sum += failures[i];
  }
  return sum;
}

int main(int count, char **arguments) {
  if (count < 7) {
    fprintf(stderr, "usage: handshake-client PORT PID COUNT IDENTITY HEXKEY 1.2|1.3 [SUITE]\n");
    return 2;
  }
  int version = strcmp(arguments[6], "1.3") ? TLS1_2_VERSION : TLS1_3_VERSION;
  server.sin_family = AF_INET;
  server.sin_port = htons((unsigned short)atoi(arguments[1]));
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  identity = arguments[4];
  hexkey = arguments[5];
  context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_min_proto_version(context, version);
  SSL_CTX_set_max_proto_version(context, version);
  if (count > 7 && SSL_CTX_set_cipher_list(context, arguments[7]) != 1) return 2;
  SSL_CTX_set_psk_client_callback(context, offer);

  runThreads(10 * threads);  // The first ones pay for what is made once.
  long long before = cpuTime(arguments[2]);
  int failures = runThreads(atoi(arguments[3]));
  usleep(50000);  // The server's last goodbyes.
  long long spent = cpuTime(arguments[2]) - before;
  if (failures) {
    fprintf(stderr, "handshake-client: %d handshakes failed\n", failures);
    return 1;
  }
  printf("%lld\n", spent / (threads * each));
  return 0;
}
