/// What the attackers do with their connections.
enum Mode: String {
  /// One byte of a ClientHello a second, which would take minutes.
  case drip
  /// Nothing at all.
  case silent
  /// Text, or what looks like TLS for a few bytes: every second one.
  case garbage
  /// A complete ClientHello, and then nothing.
  case stall

  /// What is sent at once.
  func opening(of number: Int) -> [UInt8] {
    switch self {
    case .drip, .silent: []
    case .garbage: number.isMultiple(of: 2) ? Array("GET / HTTP/1.1\r\n\r\n".utf8) : [22, 3, 1, 0, 5, 1, 0, 0, 1, 0]
    case .stall: Self.clientHello
    }
  }

  /// What is sent as byte number `place` of a drip; nil if there is no drip.
  func drop(_ place: Int) -> UInt8? {
    guard self == .drip else { return nil }
    return place < Self.longHello.count ? Self.longHello[place] : 0
  }

  /// A record of 512 bytes with a ClientHello of 508 (RFC 8446 §4.1.2), as far as it matters.
  private static let longHello: [UInt8] = [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]

  /// TLS 1.2 with PSK-AES128-GCM-SHA256: the server answers and waits for the ClientKeyExchange.
  private static let clientHello: [UInt8] =
    [22, 3, 1, 0, 45, 1, 0, 0, 41, 3, 3] + [UInt8](repeating: 7, count: 32) + [0, 0, 2, 0, 0xa8, 1, 0]
}
