import Model

extension BrokerAddress {
  /// Reads `mqtt://[user[:password]@]host[:port]`, or `mqtts` for TLS with the system's authorities.
  ///
  /// User and password may hold `%XX` for any byte. An IPv6 address stands in brackets.
  ///
  /// - Throws: ``BridgeError/invalidBrokerAddress(reason:)``.
  public init(url text: String) throws(BridgeError) {
    let scheme = try Self.scheme(of: text)
    var rest = Substring(text.dropFirst(scheme.name.count + 3))
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    let (credentials, place) = Self.split(rest)
    let (host, port) = try Self.hostAndPort(place)
    self.init(host: host, port: port, security: scheme.security)
    guard let credentials else { return }
    let parts = credentials.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    user = String(decoding: try Self.unescape(parts[0]), as: UTF8.self)
    if parts.count == 2 { password = SecretBytes(try Self.unescape(parts[1])) }
  }

  private static func scheme(of text: String) throws(BridgeError) -> (name: String, security: BrokerSecurity) {
    if text.hasPrefix("mqtt://") { return ("mqtt", .plain) }
    if text.hasPrefix("mqtts://") { return ("mqtts", .certificates(BrokerCertificates())) }
    throw .invalidBrokerAddress(reason: "it starts with neither mqtt:// nor mqtts://")
  }

  /// What stands before the last `@`, and what behind it.
  private static func split(_ text: Substring) -> (credentials: Substring?, place: Substring) {
    guard let at = text.lastIndex(of: "@") else { return (nil, text) }
    return (text[..<at], text[text.index(after: at)...])
  }

  private static func hostAndPort(_ text: Substring) throws(BridgeError) -> (String, Int?) {
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      let host = text[text.index(after: text.startIndex)..<end]
      return (try checked(host), try port(text[text.index(after: end)...]))
    }
    guard let colon = text.firstIndex(of: ":") else { return (try checked(text), nil) }
    return (try checked(text[..<colon]), try port(text[colon...]))
  }

  private static func checked(_ host: Substring) throws(BridgeError) -> String {
    guard !host.isEmpty else { throw .invalidBrokerAddress(reason: "it names no host") }
    let isPlain = host.utf8.allSatisfy { $0 > UInt8(ascii: " ") && $0 < 0x7f && $0 != UInt8(ascii: "/") }
    guard isPlain else {
      throw .invalidBrokerAddress(reason: "its host has a character that no host name has, or a path follows it")
    }
    return String(host)
  }

  /// `text` is empty, or a colon and a number.
  private static func port(_ text: Substring) throws(BridgeError) -> Int? {
    if text.isEmpty { return nil }
    guard text.hasPrefix(":"), let port = UInt16(text.dropFirst()), port > 0 else {
      throw .invalidBrokerAddress(reason: "its port is not a number from 1 to 65535")
    }
    return Int(port)
  }

  private static func unescape(_ text: Substring) throws(BridgeError) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(2)
      guard digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16), value != 0 else {
        throw .invalidBrokerAddress(reason: "a '%' in user or password is not followed by two hex digits, or by 00")
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return bytes
  }
}
