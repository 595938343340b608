import Testing

@testable import SecureServer

/// What a PROXY header says, by the specification's golden bytes.
@Suite struct ProxyHeaderTests {
  typealias Bytes = ProxyHeaderBytes

  static let ipv4 = ProxyHeader.Source.client(.v4(0xc000_0207), port: 56_324)
  static let ipv6 = ProxyHeader.Source.client(.v6(high: 0x2001_0db8_0000_0000, low: 7), port: 56_324)

  static let valid: [(String, [UInt8], ProxyHeader.Source)] = [
    ("TCP4", Bytes.line("PROXY TCP4 192.0.2.7 198.51.100.1 56324 8883"), ipv4),
    ("TCP6", Bytes.line("PROXY TCP6 2001:db8::7 2001:db8::1 56324 8883"), ipv6),
    ("TCP6, IPv4 in IPv6", Bytes.line("PROXY TCP6 ::ffff:192.0.2.7 ::1 56324 8883"), ipv4),
    ("ports at their ends", Bytes.line("PROXY TCP4 0.0.0.0 255.255.255.255 0 65535"), .client(.v4(0), port: 0)),
    ("UNKNOWN", Bytes.line("PROXY UNKNOWN"), .proxy),
    ("the longest line", Bytes.line("PROXY UNKNOWN " + String(repeating: "f", count: 91)), .proxy),
    ("version 2, IPv4", Bytes.binary(0x21, 0x11, Bytes.ipv4), ipv4),
    ("version 2, IPv6", Bytes.binary(0x21, 0x21, Bytes.ipv6), ipv6),
    ("version 2, IPv4 in IPv6", Bytes.binary(0x21, 0x21, Bytes.mapped), ipv4),
    ("version 2, Unix", Bytes.binary(0x21, 0x31, Bytes.zeros(216)), .proxy),
    ("version 2, unspecified", Bytes.binary(0x21, 0x00, []), .proxy),
    ("version 2, extensions", Bytes.binary(0x21, 0x11, Bytes.ipv4 + Bytes.extensions), ipv4),
    ("version 2, as long as allowed", Bytes.binary(0x21, 0x11, Bytes.ipv4 + Bytes.zeros(524)), ipv4),
    ("LOCAL", Bytes.binary(0x20, 0x00, []), .proxy),
    ("LOCAL with addresses", Bytes.binary(0x20, 0x11, Bytes.ipv4), .proxy),
    ("LOCAL with a family that there is not", Bytes.binary(0x20, 0xff, [1, 2, 3]), .proxy),
  ]

  @Test(arguments: valid)
  func `a header is read at any split, and TLS begins behind it`(
    _ name: String, _ header: [UInt8], _ source: ProxyHeader.Source
  ) {
    let whole = ProxyHeader.Verdict.complete(ProxyHeader(source: source, length: header.count))
    for count in 0..<header.count { #expect(read(header.prefix(count)) == .incomplete, "after \(count) bytes") }
    #expect(read(header[...]) == whole)
    #expect(read((header + [22, 3, 1, 0, 5])[...]) == whole)
  }

  /// Each with how many of its bytes are enough to know.
  static let broken: [(String, [UInt8], Int)] = [
    ("TLS", [22, 3, 1, 0, 5], 1),
    ("HTTP", Array("GET / HTTP/1.1".utf8), 1),
    ("HTTP that begins alike", Array("PUT / HTTP/1.1".utf8), 2),
    ("lower case", Array("PRoXY TCP4".utf8), 3),
    ("a line without CR", Array("PROXY UNKNOWN\n".utf8), 14),
    ("a line too long", Bytes.line("PROXY UNKNOWN " + String(repeating: "f", count: 92)), 107),
    ("a line without end", Array("PROXY ".utf8) + [UInt8](repeating: 65, count: 200), 107),
    ("no words", Bytes.line("PROXY "), 8),
    ("no protocol that we know", Bytes.line("PROXY UDP4 1.2.3.4 1.2.3.4 1 2"), 32),
    ("a word too few", Bytes.line("PROXY TCP4 1.2.3.4 1.2.3.4 1"), 30),
    ("a word too many", Bytes.line("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3"), 34),
    ("two spaces", Bytes.line("PROXY TCP4  1.2.3.4 1.2.3.4 1 2"), 33),
    ("IPv6 where IPv4 is said", Bytes.line("PROXY TCP4 ::1 ::1 1 2"), 24),
    ("IPv4 where IPv6 is said", Bytes.line("PROXY TCP6 1.2.3.4 1.2.3.4 1 2"), 32),
    ("no IPv4", Bytes.line("PROXY TCP4 1.2.3.256 1.2.3.4 1 2"), 34),
    ("an IPv4 address with a leading zero", Bytes.line("PROXY TCP4 1.2.3.04 1.2.3.4 1 2"), 33),
    ("a destination that is no address", Bytes.line("PROXY TCP4 1.2.3.4 nowhere 1 2"), 32),
    ("a NUL in an address", Bytes.line("PROXY TCP4 1.2.3.4\0x 1.2.3.4 1 2"), 34),
    ("a scope in an address", Bytes.line("PROXY TCP6 fe80::1%lo ::1 1 2"), 31),
    ("a port too high", Bytes.line("PROXY TCP4 1.2.3.4 1.2.3.4 65536 2"), 36),
    ("a port with a sign", Bytes.line("PROXY TCP4 1.2.3.4 1.2.3.4 +1 2"), 33),
    ("a port with a leading zero", Bytes.line("PROXY TCP4 1.2.3.4 1.2.3.4 01 2"), 33),
    ("no port", Bytes.line("PROXY TCP4 1.2.3.4 1.2.3.4  2"), 31),
    ("a signature that breaks off", [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 13], 12),
    ("version 1 in binary", Bytes.binary(0x11, 0x11, Bytes.ipv4), 13),
    ("version 3", Bytes.binary(0x31, 0x11, Bytes.ipv4), 13),
    ("a command that there is not", Bytes.binary(0x22, 0x11, Bytes.ipv4), 13),
    ("a datagram", Bytes.binary(0x21, 0x12, Bytes.ipv4), 16),
    ("a family that there is not", Bytes.binary(0x21, 0x41, Bytes.ipv4), 16),
    ("a stream of no family", Bytes.binary(0x21, 0x01, []), 16),
    ("IPv4 cut short", Bytes.binary(0x21, 0x11, Array(Bytes.ipv4.dropLast())), 16),
    ("IPv6 in IPv4's length", Bytes.binary(0x21, 0x21, Bytes.ipv4), 16),
    ("Unix cut short", Bytes.binary(0x21, 0x31, Bytes.zeros(215)), 16),
    ("a header too long", Bytes.binary(0x21, 0x11, [], length: 537), 16),
    ("LOCAL that is too long", Bytes.binary(0x20, 0x00, [], length: 65_535), 16),
  ]

  @Test(arguments: broken)
  func `what is broken is refused as soon as that can be known, and stays so`(
    _ name: String, _ bytes: [UInt8], _ enough: Int
  ) {
    for count in 0..<enough { #expect(read(bytes.prefix(count)) == .incomplete, "after \(count) bytes") }
    for count in enough...bytes.count {
      guard case .invalid = read(bytes.prefix(count)) else {
        Issue.record("not refused after \(count) bytes")
        return
      }
    }
  }

  private func read(_ bytes: ArraySlice<UInt8>) -> ProxyHeader.Verdict {
    ProxyHeader.read(Array(bytes).span, maximumLength: 552)
  }
}
