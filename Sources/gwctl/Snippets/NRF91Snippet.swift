/// The modem of Nordic's nRF91: `%CMNG` keeps the key in hex (type 3) and the identity as ASCII text (type 4), and
/// writes only while the modem is offline.
struct NRF91Snippet: Snippet {
  private static let securityTag = 1

  func text(for credentials: Credentials) -> String {
    """
    AT+CFUN=4
    AT%CMNG=0,\(Self.securityTag),3,"\(credentials.keyHex)"
    AT%CMNG=0,\(Self.securityTag),4,"\(String(decoding: credentials.identity, as: UTF8.self))"
    AT+CFUN=1

    """
  }

  func notes(for credentials: Credentials) -> [String] {
    ["Connect with security tag \(Self.securityTag) to \(credentials.address).", suiteNote]
  }

  func warnings(for credentials: Credentials) -> [String] {
    let isText = credentials.identity.allSatisfy { (0x20...0x7e).contains($0) && $0 != UInt8(ascii: "\"") }
    return isText ? [] : ["the modem takes ASCII text without '\"' as identity: choose another one"]
  }
}
