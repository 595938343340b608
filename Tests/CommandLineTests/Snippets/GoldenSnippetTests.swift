import Testing

@testable import gwctl

/// The whole text of the longer snippets, as people paste it.
@Suite struct GoldenSnippetTests {
  @Test func `gives ESP-IDF a file`() throws {
    try #expect(
      ESPIDFSnippet().text(for: .make()) == """
        /* sdkconfig: CONFIG_ESP_TLS_PSK_VERIFICATION=y */
        #include "esp_tls.h"
        #include "mqtt_client.h"

        static const uint8_t gateway_key[] = {
            0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17,
            0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f,
        };

        static const psk_hint_key_t gateway_psk = {
            .key = gateway_key,
            .key_size = sizeof(gateway_key),
            .hint = "sensor-1", /* the identity */
        };

        /* For esp_mqtt_client_init(). No certificate beside it: that would be used instead of the key. */
        static const esp_mqtt_client_config_t gateway_mqtt = {
            .broker.address.uri = "mqtts://127.0.0.1:8883",
            .broker.verification.psk_hint_key = &gateway_psk,
            .credentials.client_id = "sensor-1",
        };

        """)
  }

  @Test func `gives Zephyr a file`() throws {
    try #expect(
      ZephyrSnippet().text(for: .make()) == """
        /* prj.conf: CONFIG_NET_SOCKETS_SOCKOPT_TLS=y CONFIG_MBEDTLS_KEY_EXCHANGE_ECDHE_PSK_ENABLED=y
         * Then connect a socket with TLS_SEC_TAG_LIST { GATEWAY_SEC_TAG } to 127.0.0.1:8883.
         */
        #include <zephyr/net/tls_credentials.h>

        #define GATEWAY_SEC_TAG 1

        /* Static, because Zephyr keeps the address and makes no copy. */
        static const unsigned char gateway_key[] = {
        \t0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17,
        \t0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f,
        };
        static const unsigned char gateway_identity[] = "sensor-1";

        int gateway_credentials_add(void)
        {
        \tint err = tls_credential_add(GATEWAY_SEC_TAG, TLS_CREDENTIAL_PSK,
        \t\t\t\t     gateway_key, sizeof(gateway_key));
        \tif (err < 0) {
        \t\treturn err;
        \t}
        \treturn tls_credential_add(GATEWAY_SEC_TAG, TLS_CREDENTIAL_PSK_ID,
        \t\t\t\t  gateway_identity, sizeof(gateway_identity) - 1);
        }

        """)
  }

  @Test func `gives mbedTLS a file`() throws {
    try #expect(
      MbedTLSSnippet().text(for: .make()) == """
        /* mbedtls_config.h: MBEDTLS_KEY_EXCHANGE_ECDHE_PSK_ENABLED */
        #include "mbedtls/ssl.h"

        static const unsigned char gateway_key[] = {
            0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17,
            0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f,
        };
        static const unsigned char gateway_identity[] = "sensor-1";

        /* After mbedtls_ssl_config_defaults(); then connect to 127.0.0.1:8883. Returns 0 or an error of mbedTLS. */
        int gateway_conf_psk(mbedtls_ssl_config *conf)
        {
            return mbedtls_ssl_conf_psk(conf, gateway_key, sizeof(gateway_key),
                                        gateway_identity, sizeof(gateway_identity) - 1);
        }

        """)
  }

  @Test func `gives Python a program`() throws {
    try #expect(
      PythonSnippet().text(for: .make()) == """
        # Python 3.13 or newer. Before that: pip install sslpsk3, and context.psk = (key, identity).
        import socket
        import ssl

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False  # the key proves who the gateway is: there is no certificate
        context.verify_mode = ssl.CERT_NONE
        context.set_ciphers("PSK")
        identity = "sensor-1"
        key = bytes.fromhex("101112131415161718191a1b1c1d1e1f")
        context.set_psk_client_callback(lambda hint: (identity, key))

        with socket.create_connection(("127.0.0.1", 8883)) as connection:
            with context.wrap_socket(connection) as tls:
                print(tls.version(), tls.cipher()[0])
                tls.sendall(b"it works\\n")

        """)
  }

  @Test(arguments: [
    (Client.openssl, false), (.mosquitto, false), (.espIDF, true), (.zephyr, true), (.nrf91, true), (.mbedtls, true),
    (.python, false),
  ])
  func `tells of plain PSK suites where firmware may have no others`(_ client: Client, _ tells: Bool) throws {
    let notes = client.snippet.notes(for: try .make())
    #expect(notes.contains { $0.contains("tls.suites to constrained") } == tells)
  }
}
