import Devices
import Platform
import Testing

/// Source addresses that may use a device.
struct AddressRangeTests {
  private static let cases: [(range: String, address: String, isInside: Bool)] = [
    ("192.0.2.0/24", "192.0.2.0", true), ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false),
    ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.6", false), ("0.0.0.0/0", "203.0.113.1", true),
    ("0.0.0.0/0", "::1", false), ("::/0", "192.0.2.1", false), ("::/0", "2001:db8::1", true),
    ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false),
    ("192.0.2.0/24", "::ffff:192.0.2.9", true), ("::ffff:192.0.2.0/24", "192.0.2.9", true),
  ]

  @Test(arguments: cases)
  func `contains its addresses and no others`(range: String, address: String, isInside: Bool) throws {
    let range = try AddressRange(range)
    let address = try #require(IPAddress(address))
    #expect(range.contains(address) == isInside)
  }

  @Test(arguments: ["", "/", "/8", "192.0.2.0/", "192.0.2.0/-1", "192.0.2.0/+8", "192.0.2.0/8/8", "192.0.2.0/\u{661}"])
  func `refuses what is no range`(text: String) {
    #expect(throws: DevicesError.self) { try AddressRange(text) }
  }

  @Test func `shows itself with its prefix`() throws {
    #expect(try AddressRange("192.0.2.7").description == "192.0.2.7/32")
    #expect(try AddressRange("2001:db8::/32").description == "2001:db8::/32")
  }
}
