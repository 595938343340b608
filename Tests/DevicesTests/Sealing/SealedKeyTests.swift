import Devices
import Model
import TestSupport
import Testing

/// Keys that are sealed under a master key, as they are read.
struct SealedKeyTests {
  private static let files = [
    "a.yaml": "key: \"\(Keys.first)\"\nnext: {identity: a2, key: \"\(Keys.second)\"}\n", "f.psk": "b:\(Keys.third)\n",
  ]

  @Test func `a sealed key is read back, from a file and from a bundle`() async throws {
    try await withSealing(Self.files) { directory in
      let done = try directory.rewriteKeys(as: .sealed)
      #expect((done.sealed, done.files) == (3, 2))
      #expect(try directory.sealedKeys("a.yaml").count == 2)
      #expect(try directory.sealedKeys("f.psk").count == 1)
      let (table, problems) = try directory.load()
      #expect(problems.map(\.description) == [])
      #expect(table.device("a")?.key.hex == Keys.first)
      #expect(table.device("a")?.next?.key.hex == Keys.second)
      #expect(table.device("b")?.key.hex == Keys.third)
    }
  }

  @Test func `the same key is never sealed the same way twice`() async throws {
    try await withSealing(["a.yaml": "key: \"\(Keys.first)\"\n"]) { directory in
      var texts: Set<String> = []
      for _ in 0..<20 {
        _ = try directory.rewriteKeys(as: .sealed)
        texts.formUnion(try directory.sealedKeys("a.yaml"))
        _ = try directory.rewriteKeys(as: .clear)
      }
      #expect(texts.count == 20)
    }
  }

  /// What is done to a sealed key, and what is said then.
  @Test(arguments: [
    ("a digit changed", "the key does not open"), ("cut by a byte", "the key does not open"),
    ("cut to nothing", "the key is not encrypted as enc:v1:VERSION:HEX"),
    ("half a byte", "the key is not encrypted as enc:v1:VERSION:HEX"),
    ("no hex", "the key is not encrypted as enc:v1:VERSION:HEX"),
    ("another format", "the key is not encrypted as enc:v1:VERSION:HEX"),
    ("another version", "the key is encrypted under master key 00000000, which is not given"),
    ("longer than a key", "the key is not encrypted as enc:v1:VERSION:HEX"),
  ])
  func `a damaged one is told from a foreign one`(damage: String, said: String) async throws {
    for name in ["a.yaml", "f.psk"] {
      // Another that is whole, so that the master key is the right one.
      try await withSealing(Self.files) { directory in
        _ = try directory.rewriteKeys(as: .sealed)
        let key = try #require(try directory.sealedKeys(name).first)
        try directory.put(try directory.text(name).replacing(key, with: Self.damaged(key, damage)), name)
        let problems = try directory.problems().filter { $0.hasPrefix(name) }
        #expect(problems.count == 1 && problems[0].contains(said), "\(problems)")
        #expect(!problems.joined().contains(Keys.first))
      }
    }
  }

  private static func damaged(_ key: String, _ damage: String) -> String {
    switch damage {
    case "a digit changed": String(key.dropLast()) + (key.last == "0" ? "1" : "0")
    case "cut by a byte": String(key.dropLast(2))
    case "cut to nothing": String(key.prefix(16))
    case "half a byte": String(key.dropLast())
    case "no hex": String(key.dropLast(2)) + "zz"
    case "another format": key.replacing("enc:v1", with: "enc:v2")
    case "another version": "enc:v1:00000000:" + key.dropFirst(16)
    default: key + String(repeating: "00", count: 64)
    }
  }

  @Test func `one that belongs to another identity does not open`() async throws {
    try await withSealing(["a.yaml": "key: \"\(Keys.first)\"\n", "b.yaml": "key: \"\(Keys.second)\"\n"]) { directory in
      _ = try directory.rewriteKeys(as: .sealed)
      let (a, b) = (try directory.text("a.yaml"), try directory.text("b.yaml"))
      try directory.put(b, "a.yaml")
      try directory.put(a, "b.yaml")
      let (table, problems) = try directory.load()
      #expect(table.ids == [])
      #expect(problems.count { $0.message.contains("does not open") } == 2)
      // The identity, not the file, is what it is bound to.
      try directory.put("identity: b\n" + b, "a.yaml")
      try SpecialFiles.remove("\(directory.path)/b.yaml")
      #expect(try directory.load().table.device("a")?.key.hex == Keys.second)
    }
  }

  @Test func `a weak key that is sealed is let in where it is accepted, and nowhere else`() async throws {
    try await withSealing(["a.yaml": "key: \"0102\"\nweak_key: accepted\n"]) { directory in
      _ = try directory.rewriteKeys(as: .sealed)
      #expect(try directory.load().table.device("a")?.key.hex == "0102")
      try directory.put(try directory.text("a.yaml").replacing("weak_key: accepted\n", with: ""), "a.yaml")
      #expect(try directory.problems()[0].contains("the key is short (bytes: 2)"))
    }
  }

  @Test func `without a master key each file says so once, and the directory once`() async throws {
    let bundle = (0..<50).map { "d\($0):\(Keys.random())\n" }.joined()
    try await withSealing(["a.yaml": "key: \"\(Keys.first)\"\n", "f.psk": bundle]) { directory in
      _ = try directory.rewriteKeys(as: .sealed)
      try directory.put("key: \"\(Keys.second)\"\n", "clear.yaml")
      let blind = try directory.under([])
      #expect(try blind.load().table.ids == ["clear"])
      let problems = try blind.problems()
      #expect(problems.count == 3)
      #expect(problems[0].contains("51 keys are encrypted under master key"))
      #expect(problems[0].contains("no master key is given (devices.master_key_file, or gwctl"))
      #expect(problems[2].contains("f.psk:1: error: each of 50 keys from here on is encrypted and no master key is"))
    }
  }

  @Test func `a wrong master key is one error, however many keys there are`() async throws {
    let bundle = (0..<500).map { "d\($0):\(Keys.random())\n" }.joined()
    try await withSealing(["a.yaml": "key: \"\(Keys.first)\"\n", "f.psk": bundle]) { directory in
      _ = try directory.rewriteKeys(as: .sealed)
      let wrong = try directory.under([Masters.second])
      let error = #expect(throws: DevicesError.self) { try wrong.load() }
      guard case .wrongMasterKey(_, let given, let wanted) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect((given.count, wanted.count) == (1, 1))
      #expect(
        error?.description.contains("are encrypted under master key \(wanted[0]), and given is \(given[0])") == true)
      // With both, in either order, all is well.
      #expect(try directory.under([Masters.second, Masters.first]).load().table.count == 501)
    }
  }

  @Test func `a device whose key no longer opens keeps its last good record`() async throws {
    try await withSealing(Self.files) { directory in
      _ = try directory.rewriteKeys(as: .sealed)
      let table = try directory.load().table
      let key = try #require(try directory.sealedKeys("f.psk").first)
      try directory.put(try directory.text("f.psk").replacing(key, with: String(key.dropLast(2)) + "00"), "f.psk")
      let again = try directory.load(keeping: table)
      #expect(again.problems.count == 1)
      #expect(again.table.device("b")?.key.hex == Keys.third)
    }
  }
}
