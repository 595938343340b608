/// mbedTLS 2 and 3, as they are.
struct MbedTLSSnippet: Snippet {
  func text(for credentials: Credentials) -> String {
    """
    /* mbedtls_config.h: MBEDTLS_KEY_EXCHANGE_ECDHE_PSK_ENABLED */
    #include "mbedtls/ssl.h"

    static const unsigned char gateway_key[] = {
    \(credentials.cKey(indent: "    "))
    };
    static const unsigned char gateway_identity[] = \(cString(credentials.identity));

    /* After mbedtls_ssl_config_defaults(); then connect to \(credentials.address). Returns 0 or an error of mbedTLS. */
    int gateway_conf_psk(mbedtls_ssl_config *conf)
    {
        return mbedtls_ssl_conf_psk(conf, gateway_key, sizeof(gateway_key),
                                    gateway_identity, sizeof(gateway_identity) - 1);
    }

    """
  }

  func notes(for credentials: Credentials) -> [String] { [suiteNote] }

  func warnings(for credentials: Credentials) -> [String] {
    keyLengthWarnings(for: credentials, setting: "MBEDTLS_PSK_MAX_LEN")
  }
}
