import Foundation
import TestSupport

/// Writes headers that declare, with the real names and types, what the snippets in C use.
func writeHeaders(into directory: String) throws {
  for (path, text) in headers {
    let folder = URL(fileURLWithPath: "\(directory)/\(path)").deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try write(text, to: "\(directory)/\(path)")
  }
}

private let headers = [
  "esp_tls.h": """
  #pragma once
  #include <stddef.h>
  #include <stdint.h>
  typedef struct psk_key_hint {
    const uint8_t *key;
    const size_t key_size;
    const char *hint;
  } psk_hint_key_t;
  """,
  "mqtt_client.h": """
  #pragma once
  #include "esp_tls.h"
  typedef struct {
    struct {
      struct { const char *uri; } address;
      struct { const struct psk_key_hint *psk_hint_key; } verification;
    } broker;
    struct { const char *client_id; } credentials;
  } esp_mqtt_client_config_t;
  """,
  "zephyr/net/tls_credentials.h": """
  #pragma once
  #include <stddef.h>
  enum tls_credential_type { TLS_CREDENTIAL_PSK, TLS_CREDENTIAL_PSK_ID };
  typedef int sec_tag_t;
  int tls_credential_add(sec_tag_t tag, enum tls_credential_type type, const void *cred, size_t credlen);
  """,
  "mbedtls/ssl.h": """
  #pragma once
  #include <stddef.h>
  typedef struct mbedtls_ssl_config mbedtls_ssl_config;
  int mbedtls_ssl_conf_psk(mbedtls_ssl_config *conf, const unsigned char *psk, size_t psk_len,
                           const unsigned char *psk_identity, size_t psk_identity_len);
  """,
]
