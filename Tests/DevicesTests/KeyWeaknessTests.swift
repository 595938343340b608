import Devices
import Model
import Testing

/// What the doctor says of keys.
struct KeyWeaknessTests {
  /// Keys of the device `meter-00042317` with the identity `it's-me-4711`, and what they are called.
  private static let cases: [(key: String, name: String?)] = [
    (Keys.first, nil), (Keys.first + Keys.second, nil), ("00ff10", "short_key"),
    (hex("it's-me-4711....".prefix(12)), "short_key"), (hex("it's-me-4711") + "00000000", "key_from_name"),
    (hex("IT'S-ME-4711+salt"), "key_from_name"), ("7c91a4000423170b5ed83f6a21c904be", "key_from_name"),
    // MD5, SHA-1 and SHA-256 of the id, and SHA-256 of the identity, cut to 16 bytes.
    ("4c010c25b7e96c036c4eeda0f2007171", "key_from_name"), ("3fef378033bb49b68d9e3fd33335f2bb", "key_from_name"),
    ("8c2b830b1b0d002eddef64f80d6fbc13", "key_from_name"), ("5c206540398fae8171a15dc3006f362b", "key_from_name"),
    (String(repeating: "00", count: 16), "low_variety_key"), ("000102030405060708090a0b0c0d0e0f", "low_variety_key"),
    ("00112233445566778899aabbccddeeff", "low_variety_key"), ("6f2a91c4e85d0b376f2a91c4e85d0b37", "low_variety_key"),
    ("6f2a91c4e85d0b37a16f2a91c4e85d0b37a1", "low_variety_key"), (hex("correct horse battery"), "guessable_key"),
    ("20240817093155672841193075562801", "guessable_key"),
  ]

  @Test(arguments: cases)
  func `a weak key has a name`(key: String, name: String?) throws {
    var device = try Device.make("meter-00042317", identity: "it's-me-4711")
    device.acceptsWeakKey = true
    device.credential.key = SecretBytes(bytes(of: key))
    var examination = KeyExamination()
    let found = examination.examine(device)
    #expect(found.map(\.name) == [name].compactMap(\.self), "\(found)")
    #expect(!found.map(\.description).joined().contains(key))
  }

  @Test func `a key that begins, ends or is as another's is shared`() throws {
    var examination = KeyExamination()
    let other = "6f2a91c4e85d0b37" + Keys.second.suffix(16)
    #expect(examination.examine(try .make("a", key: Keys.first)).isEmpty)
    #expect(examination.examine(try .make("b", key: Keys.third)).isEmpty)
    #expect(examination.examine(try .make("c", key: Keys.first)) == [.sameAs(try DeviceID("a"))])
    #expect(examination.examine(try .make("d", key: other)) == [.near(try DeviceID("a"))])
    #expect(examination.examine(try .make("e", key: "00" + Keys.third.dropFirst(2))) == [.near(try DeviceID("b"))])
    var rotating = try Device.make("f", key: Keys.second)
    rotating.next = Credential(identity: [1], key: rotating.key)
    #expect(examination.examine(rotating).contains(.notRotated))
  }

  @Test func `random keys have no weakness`() throws {
    var examination = KeyExamination()
    for number in 0..<2000 {
      #expect(examination.examine(try .make("dev-\(number)", key: Keys.random(byteCount: 16))).isEmpty)
    }
  }

  private func bytes(of key: String) -> [UInt8] {
    stride(from: 0, to: key.count, by: 2).compactMap { UInt8(key.dropFirst($0).prefix(2), radix: 16) }
  }
}

private func hex(_ text: some StringProtocol) -> String {
  text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
