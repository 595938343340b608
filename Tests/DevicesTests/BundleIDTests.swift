import Devices
import Model
import TestSupport
import Testing

/// How a bundle's identity becomes an id.
struct BundleIDTests {
  /// The digests are those of sha256sum(1).
  private static let cases: [(identity: [UInt8], id: String)] = [
    (Array("dev-1".utf8), "dev-1"),
    (Array("A.b_C-9".utf8), "A.b_C-9"),
    (Array("a b".utf8), "a%20b"),
    (Array("a%20b".utf8), "a%2520b"),
    (Array("a/b".utf8), "a%2Fb"),
    (Array(".hidden".utf8), "%2Ehidden"),
    (Array("M\u{fc}nchen".utf8), "M%C3%BCnchen"),
    ([0, 0xff], "%00%FF"),
    (Array(repeating: UInt8(ascii: "x"), count: 64), String(repeating: "x", count: 64)),
    (
      Array(repeating: UInt8(ascii: "x"), count: 65),
      "\(String(repeating: "x", count: 40))-9537c5fdf120482f"
    ),
    (
      Array(repeating: UInt8(ascii: " "), count: 22),
      "\(String(repeating: "%20", count: 13))%-b366daa7039bf7ca"
    ),
  ]

  @Test(arguments: cases)
  func `an identity has one id`(identity: [UInt8], id: String) throws {
    let made = try DeviceID(bundleIdentity: identity.span)
    #expect(made.name == id)
  }

  @Test func `no identity has no id`() {
    let nothing: [UInt8] = []
    #expect(throws: ModelError.self) {
      let span = nothing.span
      _ = try DeviceID(bundleIdentity: span)
    }
  }

  @Test func `an entry is found by identity and by id`() async throws {
    let long = String(repeating: "long", count: 20)
    try await withDevices(["fleet.psk": "a b:\(Keys.first)\n\(long):\(Keys.second)\nplain:\(Keys.third)"]) {
      directory in
      let table = try directory.load().table
      let id = try DeviceID(bundleIdentity: Array(long.utf8).span)
      #expect(table.credential(for: "a b")?.device.id.name == "a%20b")
      #expect(table.device("a%20b")?.identity == Array("a b".utf8))
      #expect(table.credential(for: "a%20b") == nil)
      #expect(table.credential(for: long)?.device.id == id)
      #expect(table.device(id)?.key.hex == Keys.second)
      #expect(table.device(long) == nil)
      #expect(table.device("plain")?.key.hex == Keys.third)
    }
  }
}
