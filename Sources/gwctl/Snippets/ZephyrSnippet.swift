/// Zephyr's TLS credentials, for any of its TLS sockets.
struct ZephyrSnippet: Snippet {
  func text(for credentials: Credentials) -> String {
    """
    /* prj.conf: CONFIG_NET_SOCKETS_SOCKOPT_TLS=y CONFIG_MBEDTLS_KEY_EXCHANGE_ECDHE_PSK_ENABLED=y
     * Then connect a socket with TLS_SEC_TAG_LIST { GATEWAY_SEC_TAG } to \(credentials.address).
     */
    #include <zephyr/net/tls_credentials.h>

    #define GATEWAY_SEC_TAG 1

    /* Static, because Zephyr keeps the address and makes no copy. */
    static const unsigned char gateway_key[] = {
    \(credentials.cKey(indent: "\t"))
    };
    static const unsigned char gateway_identity[] = \(cString(credentials.identity));

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

    """
  }

  func notes(for credentials: Credentials) -> [String] { [suiteNote] }

  func warnings(for credentials: Credentials) -> [String] {
    keyLengthWarnings(for: credentials, setting: "CONFIG_MBEDTLS_PSK_MAX_LEN")
  }
}
