import Devices
import Model
import Testing

/// Keys as text and as bytes.
struct PresharedKeyTests {
  private static let good: [(digits: String, weak: Bool)] = [
    (String(repeating: "0", count: 32), false), (String(repeating: "fF", count: 64), false), (Keys.first, false),
    ("00", true), ("0123456789abcdefABCDEF", true), (Keys.first, true),
  ]

  @Test(arguments: good)
  func `reads hex digits and shows them again`(digits: String, weak: Bool) throws {
    let text = Array(digits.utf8)
    let key = try PresharedKey.parse(hexadecimal: text.span, acceptingWeak: weak)
    #expect(key.count == digits.count / 2)
    #expect(key.hex == digits.lowercased())
  }

  private static let bad: [(digits: String, weak: Bool, error: KeyError)] = [
    ("", false, .empty), ("", true, .empty), ("0", true, .oddDigits(count: 1)),
    (String(repeating: "0", count: 33), false, .oddDigits(count: 33)),
    ("0g", true, .notHexadecimal(position: 2)), ("g0", true, .notHexadecimal(position: 1)),
    (" 00", true, .notHexadecimal(position: 1)), ("00:11", true, .notHexadecimal(position: 3)),
    ("\u{0660}0", true, .notHexadecimal(position: 1)), ("0\0", true, .notHexadecimal(position: 2)),
    ("/0", true, .notHexadecimal(position: 1)), (":0", true, .notHexadecimal(position: 1)),
    ("@0", true, .notHexadecimal(position: 1)), ("`0", true, .notHexadecimal(position: 1)),
    (String(repeating: "0", count: 30), false, .tooShort(bytes: 15)),
    (String(repeating: "0", count: 130), false, .tooLong(bytes: 65)),
    (String(repeating: "0", count: 130), true, .tooLong(bytes: 65)),
    ("enc:", false, .encrypted), ("enc:v1:abcd", true, .encrypted), ("en", true, .notHexadecimal(position: 2)),
  ]

  @Test(arguments: bad)
  func `says what is wrong with a key`(digits: String, weak: Bool, error: KeyError) {
    let text = Array(digits.utf8)
    #expect(throws: error) {
      let span = text.span
      _ = try PresharedKey.parse(hexadecimal: span, acceptingWeak: weak)
    }
  }

  @Test(arguments: [
    KeyError.empty, .oddDigits(count: 3), .notHexadecimal(position: 5), .tooShort(bytes: 1), .tooLong(bytes: 99),
  ])
  func `says what is allowed`(error: KeyError) {
    #expect(error.description.contains("a key is 16 to 64 bytes in hex"))
  }

  @Test(arguments: [0, 1, 16, 32, 64])
  func `makes keys as long as asked for`(byteCount: Int) {
    #expect(PresharedKey.random(byteCount: byteCount).count == byteCount)
  }

  @Test func `makes another key each time`() {
    let keys = Set((0..<100).map { _ in PresharedKey.random().hex })
    #expect(keys.count == 100)
    #expect(keys.allSatisfy { $0.count == 64 })
  }

  @Test func `shows no key by accident`() throws {
    let device = try Device.make("a", key: Keys.first)
    let shown = "\(device) \(String(reflecting: device)) \(device.credential)"
    #expect(!shown.contains(Keys.first))
    var dumped = ""
    dump(device, to: &dumped)
    #expect(!dumped.contains("111") && dumped.contains("redacted"))
  }
}
