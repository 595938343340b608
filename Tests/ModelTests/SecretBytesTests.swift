import Model
import Testing

/// Bytes that must not leak.
struct SecretBytesTests {
  @Test func `lends its bytes`() {
    let secret = SecretBytes([1, 2, 3])
    #expect(secret.count == 3)
    #expect(secret.withBytes { $0.indices.map { _ in 0 }.count } == 3)
    #expect(secret.withBytes { bytes in bytes.indices.reduce(0) { $0 + Int(bytes[$1]) } } == 6)
  }

  @Test func `is shown by nothing`() {
    let secret = SecretBytes(Array("hunter2".utf8))
    var dumped = ""
    dump(secret, to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), String(describing: [secret]), dumped] {
      #expect(text.contains("<redacted>"))
      #expect(!text.contains("104"))
    }
  }

  @Test(
    arguments: [
      ([], [], true), ([1, 2], [1, 2], true), ([1, 2], [1, 3], false), ([1, 2], [0, 2], false), ([1], [1, 1], false),
      ([], [0], false), ([0], [0x80], false),
    ] as [([UInt8], [UInt8], Bool)])
  func `is equal by its bytes`(left: [UInt8], right: [UInt8], expected: Bool) {
    #expect(SecretBytes(left).isEqual(to: SecretBytes(right)) == expected)
  }

  @Test func `wipes in place`() {
    var scratch: [UInt8] = [1, 2, 3]
    wipe(&scratch)
    #expect(scratch == [0, 0, 0])
    var nothing: [UInt8] = []
    wipe(&nothing)
    #expect(nothing.isEmpty)
  }
}
