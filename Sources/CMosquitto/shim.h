// What Swift cannot call by itself, one line of reason each.
#pragma once
#include <mosquitto.h>
#include <mqtt_protocol.h>

// Without OpenSSL's headers: SSL_get_pending's only argument comes from libmosquitto as a bare pointer.
struct ssl_st;
int SSL_pending(const struct ssl_st *ssl);

// Whether decrypted bytes wait inside the TLS engine, where poll(2) cannot see them.
static inline int gw_mosquitto_tls_pending(struct mosquitto *client) {
  const struct ssl_st *ssl = (const struct ssl_st *)mosquitto_ssl_get(client);
  return ssl != 0 && SSL_pending(ssl) > 0;
}
