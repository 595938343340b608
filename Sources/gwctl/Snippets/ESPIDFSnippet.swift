/// ESP-IDF 5: esp_tls.h's `psk_hint_key_t`, whose `hint` is the identity, as ESP-MQTT takes it.
struct ESPIDFSnippet: Snippet {
  func text(for credentials: Credentials) -> String {
    """
    /* sdkconfig: CONFIG_ESP_TLS_PSK_VERIFICATION=y */
    #include "esp_tls.h"
    #include "mqtt_client.h"

    static const uint8_t gateway_key[] = {
    \(credentials.cKey(indent: "    "))
    };

    static const psk_hint_key_t gateway_psk = {
        .key = gateway_key,
        .key_size = sizeof(gateway_key),
        .hint = \(cString(credentials.identity)), /* the identity */
    };

    /* For esp_mqtt_client_init(). No certificate beside it: that would be used instead of the key. */
    static const esp_mqtt_client_config_t gateway_mqtt = {
        .broker.address.uri = \(cString("mqtts://\(credentials.address)")),
        .broker.verification.psk_hint_key = &gateway_psk,
        .credentials.client_id = \(cString(credentials.name)),
    };

    """
  }

  func notes(for credentials: Credentials) -> [String] { [suiteNote] }

  func warnings(for credentials: Credentials) -> [String] {
    nulWarnings(for: credentials, client: "ESP-IDF")
      + keyLengthWarnings(for: credentials, setting: "MBEDTLS_PSK_MAX_LEN")
  }
}
