import Platform
import Testing

/// Addresses as text and as bytes.
struct IPAddressTests {
  private static let good: [(text: String, family: IPAddress.Family, shown: String)] = [
    ("192.0.2.1", .v4, "192.0.2.1"), ("0.0.0.0", .v4, "0.0.0.0"), ("255.255.255.255", .v4, "255.255.255.255"),
    ("2001:db8::1", .v6, "2001:db8::1"), ("::", .v6, "::"), ("2001:0DB8:0:0:0:0:0:1", .v6, "2001:db8::1"),
    ("::ffff:192.0.2.1", .v4, "192.0.2.1"), ("::192.0.2.1", .v6, "::192.0.2.1"),
    ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .v6, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
  ]

  @Test(arguments: good)
  func `reads and shows an address`(text: String, family: IPAddress.Family, shown: String) throws {
    let address = try #require(IPAddress(text))
    #expect(address.family == family)
    #expect(address.description == shown)
  }

  @Test(arguments: [
    "", " ", "1", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.4 ", "01.2.3.4", "::g", ":::", "fe80::1%eth0", "[::1]",
    "1.2.3.4\0", "::1\0x", "host",
  ])
  func `refuses what is no address`(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test func `takes bytes in network order`() {
    let v4: [UInt8] = [192, 0, 2, 1]
    let mapped = [UInt8](repeating: 0, count: 10) + [0xff, 0xff] + v4
    let short: [UInt8] = [1, 2, 3]
    #expect(IPAddress(bytes: v4.span) == IPAddress("192.0.2.1"))
    #expect(IPAddress(bytes: mapped.span) == IPAddress("192.0.2.1"))
    #expect(IPAddress(bytes: short.span) == nil)
  }

  @Test(arguments: [
    ("192.0.2.255", 24, "192.0.2.0"), ("192.0.2.255", 32, "192.0.2.255"), ("192.0.2.255", 0, "0.0.0.0"),
    ("2001:db8:1::1", 32, "2001:db8::"), ("2001:db8::1", 128, "2001:db8::1"), ("2001:db8::1", 0, "::"),
  ])
  func `clears what is behind a prefix`(text: String, length: Int, first: String) {
    #expect(IPAddress(text)?.masked(to: length) == IPAddress(first))
  }
}
