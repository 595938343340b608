// Many MQTT devices over TLS-PSK, each publishing numbered messages at QoS 1: for tests that count what arrives, and for
// benchmarks. The client is libmosquitto, driven from one thread; it connects again by itself, and sends again what was not
// acknowledged.
//
//   fleet HOST PORT KEYS [--rate N] [--count N] [--seconds N] [--size N] [--window N] [--first N] [--topic T]
//                        [--settle N] [--record FILE] [--tls on|off]
//
// KEYS has a line `identity:hexkey` for each device. Each publishes --rate messages a second (0: as fast as they are
// acknowledged) until --count of them or --seconds are over, or SIGTERM comes; then it waits up to --settle seconds for
// acknowledgements. A payload is `IDENTITY NUMBER`, filled up with spaces to --size bytes. --record FILE gets a line
// `IDENTITY NUMBER` for each PUBACK. The last line on standard output says how it went; latencies count from when a message was
// due. With --tls off it talks to a broker's plain listener. Exit status 0: everything that was published is acknowledged.
#include <errno.h>
#include <mosquitto.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { maximumWindow = 256, patience = 10000000 };

struct message {
  int id;
  unsigned number;
  int64_t due;
};

struct device {
  char identity[128], key[160];
  struct mosquitto *client;
  bool connected;
  int64_t retry, next, tick, began;
  unsigned number, published;
  struct message underWay[maximumWindow];
  int underWayCount;
};

static struct {
  const char *host, *topic, *record;
  int port, size, window;
  bool plain;
  unsigned first, count;
  double rate, seconds, settle;
} options = {.topic = "n", .size = 100, .window = 20, .first = 1, .rate = 1, .seconds = 1e9, .settle = 30};

static struct device *devices;
static int deviceCount;
static FILE *recordFile;
static uint32_t *latencies;
static size_t latencyCount, latencyRoom;
static unsigned long published, reconnects;
static volatile sig_atomic_t stopping;

static int64_t now(void) {  // microseconds
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

static void stop(int number) {
  (void)number;
  stopping = 1;
}

static void onConnect(struct mosquitto *client, void *data, int code) {
  (void)client;
  struct device *device = data;
  device->connected = code == 0;
}

static void onPublish(struct mosquitto *client, void *data, int id) {
  (void)client;
  struct device *device = data;
  for (int place = 0; place < device->underWayCount; place++) {
    struct message message = device->underWay[place];
    if (message.id != id) continue;
    memmove(device->underWay + place, device->underWay + place + 1,
            sizeof(struct message) * (size_t)(device->underWayCount - place - 1));
    device->underWayCount--;
    if (latencyCount == latencyRoom) {
      latencyRoom = latencyRoom ? 2 * latencyRoom : 1 << 16;
      latencies = realloc(latencies, latencyRoom * sizeof *latencies);
      if (!latencies) abort();
    }
    latencies[latencyCount++] = (uint32_t)(now() - message.due);
    if (recordFile) fprintf(recordFile, "%s %u\n", device->identity, message.number);
    return;
  }
}

static void lost(struct device *device) {
  if (device->connected) reconnects++;
  device->connected = false;
  device->retry = now() + 100000 + rand() % 400000;
}

static void publish(struct device *device, int64_t due) {
  char payload[65536];
  int id = 0, size = snprintf(payload, sizeof payload, "%s %u", device->identity, device->number);
  while (size < options.size) payload[size++] = ' ';
  int code = mosquitto_publish(device->client, &id, options.topic, size, payload, 1, false);
  // Without a connection it is queued all the same.
  if (code != MOSQ_ERR_SUCCESS && code != MOSQ_ERR_NO_CONN) return;
  device->underWay[device->underWayCount++] = (struct message){id, device->number, due};
  device->number++, device->published++, published++;
}

static bool isDone(const struct device *device) {
  return stopping || (options.count && device->published >= options.count);
}

static void publishDue(struct device *device, int64_t time) {
  while (device->connected && !isDone(device) && device->underWayCount < options.window) {
    if (options.rate <= 0) {
      publish(device, time);
    } else {
      if (device->next > time) return;
      publish(device, device->next);
      device->next += (int64_t)(1e6 / options.rate);
    }
  }
}

static void drive(struct device *device, struct pollfd *ready, int64_t time) {
  int code = MOSQ_ERR_SUCCESS;
  if (mosquitto_socket(device->client) < 0) {
    if (time < device->retry) return;
    device->began = time;
    code = mosquitto_reconnect(device->client);
  } else if (!device->connected && time - device->began > patience) {
    // libmosquitto waits for the keep-alive's time, sometimes at a socket that is closed already.
    device->began = time;
    code = mosquitto_reconnect(device->client);
  } else {
    if (ready->revents & (POLLIN | POLLHUP | POLLERR)) {
      code = mosquitto_loop_read(device->client, 1);
      const SSL *ssl = mosquitto_ssl_get(device->client);
      // What is decrypted already is not seen by poll.
      while (!code && ssl && SSL_pending(ssl) > 0) code = mosquitto_loop_read(device->client, 1);
    }
    if (!code) publishDue(device, time);
    if (!code && mosquitto_want_write(device->client)) code = mosquitto_loop_write(device->client, 1);
    if (!code && time >= device->tick) {
      device->tick = time + 1000000;
      code = mosquitto_loop_misc(device->client);
    }
  }
  if (code || mosquitto_socket(device->client) < 0) lost(device);
}

static void readKeys(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) perror(path), exit(64);
  struct device device = {0};
  while (fscanf(file, " %127[^:\n]:%159s", device.identity, device.key) == 2) {
    devices = realloc(devices, sizeof device * (size_t)(deviceCount + 1));
    if (!devices) abort();
    devices[deviceCount++] = device;
  }
  fclose(file);
}

static void begin(struct device *device, int64_t start, int index) {
  device->number = options.first;
  // Spread evenly over the first interval.
  double interval = options.rate > 0 ? 1e6 / options.rate : 0;
  device->next = start + (int64_t)(interval * index / deviceCount);
  device->client = mosquitto_new(device->identity, true, device);
  if (!device->client) abort();
  mosquitto_connect_callback_set(device->client, onConnect);
  mosquitto_publish_callback_set(device->client, onPublish);
  if (!options.plain) mosquitto_tls_psk_set(device->client, device->key, device->identity, NULL);
  mosquitto_max_inflight_messages_set(device->client, (unsigned)options.window);
  device->began = now();
  if (mosquitto_connect(device->client, options.host, options.port, 60)) lost(device);
}

static unsigned long outstanding(void) {
  unsigned long sum = 0;
  for (int index = 0; index < deviceCount; index++) sum += (unsigned long)devices[index].underWayCount;
  return sum;
}

static bool allDone(void) {
  for (int index = 0; index < deviceCount; index++)
    if (!isDone(devices + index)) return false;
  return true;
}

static void run(void) {
  struct pollfd *ready = calloc((size_t)deviceCount, sizeof *ready);
  int64_t start = now(), settled = INT64_MAX;
  for (int index = 0; index < deviceCount; index++) begin(devices + index, start, index);
  for (;;) {
    int64_t time = now();
    if (time - start > options.seconds * 1e6) stopping = 1;
    if (settled == INT64_MAX && allDone()) settled = time + (int64_t)(options.settle * 1e6);
    if (allDone() && (outstanding() == 0 || time > settled)) break;
    for (int index = 0; index < deviceCount; index++) {
      struct mosquitto *client = devices[index].client;
      ready[index].fd = mosquitto_socket(client);
      ready[index].events = (short)(POLLIN | (mosquitto_want_write(client) ? POLLOUT : 0));
      ready[index].revents = 0;
    }
    if (poll(ready, (nfds_t)deviceCount, 1) < 0 && errno != EINTR) abort();
    time = now();
    for (int index = 0; index < deviceCount; index++) drive(devices + index, ready + index, time);
  }
  free(ready);
}

static int compare(const void *left, const void *right) {
  uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return a < b ? -1 : a > b;
}

static uint32_t percentile(double share) {
  return latencyCount ? latencies[(size_t)(share * (double)(latencyCount - 1))] : 0;
}

static void readOptions(int count, char **words) {
  for (int place = 4; place + 1 < count; place += 2) {
    const char *name = words[place], *value = words[place + 1];
    if (!strcmp(name, "--rate")) options.rate = atof(value);
    else if (!strcmp(name, "--count")) options.count = (unsigned)atol(value);
    else if (!strcmp(name, "--seconds")) options.seconds = atof(value);
    else if (!strcmp(name, "--size")) options.size = atoi(value);
    else if (!strcmp(name, "--window")) options.window = atoi(value);
    else if (!strcmp(name, "--first")) options.first = (unsigned)atol(value);
    else if (!strcmp(name, "--topic")) options.topic = value;
    else if (!strcmp(name, "--settle")) options.settle = atof(value);
    else if (!strcmp(name, "--record")) options.record = value;
    else if (!strcmp(name, "--tls")) options.plain = !strcmp(value, "off");
    else fprintf(stderr, "fleet: there is no option %s\n", name), exit(64);
  }
  if (options.window < 1 || options.window > maximumWindow || options.size < 0 || options.size > 65536) {
    fprintf(stderr, "fleet: --window is 1 to %d, --size up to 65536\n", maximumWindow), exit(64);
  }
}

// A socket for each device, and some to spare.
static void allowSockets(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

int main(int count, char **words) {
  if (count < 4 || count % 2) fprintf(stderr, "usage: fleet HOST PORT KEYS [--option value]...\n"), exit(64);
  options.host = words[1], options.port = atoi(words[2]);
  readOptions(count, words);
  readKeys(words[3]);
  allowSockets();
  if (options.record && !(recordFile = fopen(options.record, "w"))) perror(options.record), exit(64);
  signal(SIGTERM, stop), signal(SIGINT, stop), signal(SIGPIPE, SIG_IGN);
  mosquitto_lib_init();
  int64_t start = now();
  run();
  qsort(latencies, latencyCount, sizeof *latencies, compare);
  printf("devices=%d published=%lu acknowledged=%zu outstanding=%lu reconnects=%lu seconds=%.1f p50_us=%u p99_us=%u max_us=%u\n",
         deviceCount, published, latencyCount, outstanding(), reconnects, (double)(now() - start) / 1e6, percentile(0.5),
         percentile(0.99), percentile(1));
  if (recordFile) fclose(recordFile);
  return outstanding() == 0 ? 0 : 1;
}
