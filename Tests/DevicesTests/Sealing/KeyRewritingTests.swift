import Devices
import Foundation
import Model
import TestSupport
import Testing

/// Encrypting, encrypting anew and decrypting what is there.
struct KeyRewritingTests {
  private static let yaml = [
    "# mine\nkey: \"F\" # random\n\nlabels: {key: \"deadbeef00\"} # not a key\n# end\n",
    "'key': 'F'\r\nnext: { key : 'S' }\r\n", "{key: \"F\", next: {identity: x, key: \"S\"}}",
    "next:\n  key: \"S\"\n  identity: \"x\"\nkey:\n  \"F\"\nenabled: false\n", "identity: \u{fc}\n\"key\" :   \"F\"",
  ].map { $0.replacing("F", with: Keys.first).replacing("S", with: Keys.second) }

  @Test(arguments: yaml)
  func `nothing changes in a file but its keys`(text: String) async throws {
    try await withSealing(["a.yaml": text]) { directory in
      _ = try directory.rewriteKeys(as: .sealed)
      let sealed = try directory.text("a.yaml")
      #expect(!sealed.contains(Keys.first) && !sealed.contains(Keys.second))
      let masked = sealed.replacing(/enc:[0-9a-z:]+/, with: "?")
      #expect(masked == text.replacing(Keys.first, with: "?").replacing(Keys.second, with: "?"))
      let before = try #require(try directory.load().table.device("a"))
      #expect(before.key.hex == Keys.first)
      _ = try directory.rewriteKeys(as: .clear)
      #expect(try directory.text("a.yaml") == text)
    }
  }

  @Test(arguments: ["!!str \"F\"", "\"\\x36R\"", "# mine\n  \"F\""])
  func `a file that cannot be edited is written anew`(key: String) async throws {
    let key = key.replacing("F", with: Keys.first).replacing("R", with: Keys.first.dropFirst())
    try await withSealing(["a.yaml": "key: \(key)\nack: true\n"]) { directory in
      _ = try directory.rewriteKeys(as: .sealed)
      let device = try #require(try directory.load().table.device("a"))
      #expect(device.key.hex == Keys.first && device.ack)
      #expect(try directory.sealedKeys("a.yaml").count == 1)
    }
  }

  @Test func `nothing changes in a bundle but its keys`() async throws {
    let text = "# fleet\r\n\na : \(Keys.first) \r\n b b:\(Keys.second)\n#c:\(Keys.third)\nd\ne:00\nf:\(Keys.third)"
    try await withSealing(["f.psk": text]) { directory in
      let done = try directory.rewriteKeys(as: .sealed)
      #expect((done.sealed, done.files, done.problems.count) == (3, 1, 1))
      #expect(done.problems[0].description.contains("f.psk:7: error: the key is short"))
      let sealed = try directory.text("f.psk")
      #expect(sealed.replacing(/enc:[0-9a-z:]+/, with: "?").split(separator: "?").count == 4)
      #expect(try directory.load().table.device("b%20b")?.key.hex == Keys.second)
      _ = try directory.rewriteKeys(as: .clear)
      #expect(try directory.text("f.psk") == text + "\n")
    }
  }

  @Test func `what is under an older master key comes under the first one`() async throws {
    let files = [
      "a.yaml": "key: \"\(Keys.first)\"\n", "b.yaml": "key: \"\(Keys.second)\"\n", "f.psk": "c:\(Keys.third)\n",
    ]
    try await withSealing(files) { directory in
      _ = try directory.rewriteKeys(as: .sealed, of: [DeviceID("a"), DeviceID("c")])
      let both = try directory.under([Masters.second, Masters.first])
      let done = try both.rewriteKeys(as: .sealed)
      #expect((done.sealed, done.resealed, done.unchanged, done.files) == (1, 2, 0, 3))
      let again = try both.rewriteKeys(as: .sealed)
      #expect((again.sealed, again.resealed, again.unchanged, again.files) == (0, 0, 3, 0))
      let new = try directory.under([Masters.second])
      #expect(try new.load().table.count == 3)
      #expect(try new.examine().tally.opened.values.map { $0 } == [3])
      #expect(throws: DevicesError.self) { try directory.under([Masters.first]).load() }
    }
  }

  @Test func `only the named devices' keys change`() async throws {
    let files = ["a.yaml": "key: \"\(Keys.first)\"\n", "f.psk": "b:\(Keys.second)\nc:\(Keys.third)\n"]
    try await withSealing(files) { directory in
      _ = try directory.rewriteKeys(as: .sealed, of: [DeviceID("c")])
      #expect(try directory.text("a.yaml") == files["a.yaml"])
      #expect(try directory.text("f.psk").hasPrefix("b:\(Keys.second)\nc:enc:v1:"))
      #expect(throws: DevicesError.unknownDevice(try DeviceID("x"))) {
        try directory.rewriteKeys(as: .sealed, of: [DeviceID("x")])
      }
    }
  }

  @Test func `nothing is sealed without a master key`() async throws {
    try await withDevices(["a.yaml": "key: \"\(Keys.first)\"\n"]) { directory in
      #expect(throws: DevicesError.noMasterKey(directory: directory.path)) { try directory.rewriteKeys(as: .sealed) }
      let done = try directory.rewriteKeys(as: .clear)
      #expect(done.unchanged == 1)
    }
  }

  @Test func `every writer seals`() async throws {
    try await withSealing { directory in
      try directory.add(.make("a", key: Keys.first))
      try directory.edit { editor throws(DevicesError) in
        let key = SecretBytes([UInt8](0..<32).map { $0 &* 37 ^ 0x5a })
        try editor.addBundle(named: "f", [Credential(identity: Array("b".utf8), key: key)])
      }
      #expect(try directory.sealedKeys("f.psk").count == 1)
      try directory.setEnabled(false, of: DeviceID("a"))
      try directory.setEnabled(false, of: DeviceID("b"))
      for name in ["a.yaml", "b.yaml"] {
        #expect(try directory.sealedKeys(name).count == 1)
        #expect(try directory.text(name).contains("enabled: false"))
      }
      #expect(try directory.load().table.device("a")?.key.hex == Keys.first)
    }
  }

  @Test func `no key is written in clear beside sealed ones`() async throws {
    try await withSealing(["a.yaml": "key: \"\(Keys.first)\"\n"]) { directory in
      _ = try directory.rewriteKeys(as: .sealed)
      let blind = try directory.under([])
      let expected = DevicesError.noMasterKey(directory: directory.path)
      #expect(throws: expected) { try blind.add(.make("b", key: Keys.second)) }
      #expect(throws: expected) {
        try blind.edit { editor throws(DevicesError) in try editor.addBundle(named: "f", []) }
      }
      // Whoever is to be locked out is, master key or not.
      try blind.remove(DeviceID("a"))
    }
  }
}
