// Times how long a key takes from the rename of its file until a client shakes hands with it, in milliseconds.
//
//   live-client PORT ROUNDS files DIR        each key in a file of its own, DIR/live-N.yaml
//   live-client PORT ROUNDS list FILE PID    each key as a further line of FILE, after which PID gets SIGHUP
//
// Prints the median, the 95th percentile and the longest.
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char identity[64], hexkey[33];
static struct sockaddr_in server;
static SSL_CTX *context;

static unsigned int offer(SSL *ssl, const char *hint, char *name, unsigned int nameSize, unsigned char *key,
                          unsigned int keySize) {
  unsigned int count = 0;
  (void)ssl, (void)hint;
  if (snprintf(name, nameSize, "%s", identity) >= (int)nameSize) return 0;
  while (count < keySize && count < 16 && sscanf(hexkey + 2 * count, "%2hhx", key + count) == 1) count++;
  return count;
}

static double milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int shakeHands(void) {
  int done = 0, handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  SSL *ssl = SSL_new(context);
  if (connect(handle, (struct sockaddr *)&server, sizeof server) == 0) {
    SSL_set_fd(ssl, handle);
    done = SSL_connect(ssl) == 1;
  }
  SSL_free(ssl);
  close(handle);
  return done;
}

static void newKey(int number) {
  snprintf(identity, sizeof identity, "live-%d-%d", (int)getpid(), number);
  for (int i = 0; i < 16; i++) snprintf(hexkey + 2 * i, 3, "%02x", (unsigned)(rand() & 255));
}

// Writes the key beside its place, and returns when it was renamed there.
static double publish(const char *path, int isList) {
  char temporary[4096], target[9000];
  FILE *file;
  if (isList) {
    snprintf(temporary, sizeof temporary, "%s.new", path);
    snprintf(target, sizeof target, "cp '%s' '%s'", path, temporary);
    if (system(target) != 0) exit(1);
    snprintf(target, sizeof target, "%s", path);
    file = fopen(temporary, "a");
  } else {
    snprintf(temporary, sizeof temporary, "%s/.live", path);
    snprintf(target, sizeof target, "%s/%s.yaml", path, identity);
    file = fopen(temporary, "w");
  }
  if (!file) exit(1);
  fprintf(file, isList ? "%s:%s\n" : "identity: %s\nkey: \"%s\"\n", identity, hexkey);
  fclose(file);
  chmod(temporary, 0600);
  double renamed = milliseconds();
  if (rename(temporary, target) != 0) exit(1);
  return renamed;
}

static int compare(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

int main(int count, char **arguments) {
  if (count < 5) {
    fprintf(stderr, "usage: live-client PORT ROUNDS files DIR | PORT ROUNDS list FILE PID\n");
    return 2;
  }
  int rounds = atoi(arguments[2]), isList = !strcmp(arguments[3], "list");
  double *times = calloc((size_t)rounds, sizeof *times);
  signal(SIGPIPE, SIG_IGN);
  server.sin_family = AF_INET;
  server.sin_port = htons((unsigned short)atoi(arguments[1]));
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_psk_client_callback(context, offer);
  for (int round = 0; round < rounds; round++) {
    newKey(round);
    if (shakeHands()) return fprintf(stderr, "live-client: a key works that nobody knows\n"), 1;
    double renamed = publish(arguments[4], isList);
    if (isList) kill(atoi(arguments[5]), SIGHUP);
    while (!shakeHands())
      if (milliseconds() - renamed > 30000) return fprintf(stderr, "live-client: a key never works\n"), 1;
    times[round] = milliseconds() - renamed;
    usleep((useconds_t)(rand() % 100000));
  }
  qsort(times, (size_t)rounds, sizeof *times, compare);
  printf("median %.1f ms, 95 %% %.1f ms, longest %.1f ms\n", times[rounds / 2], times[rounds * 95 / 100],
         times[rounds - 1]);
  return 0;
}
