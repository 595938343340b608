import Devices
import Model
import TestSupport
import Testing

/// Who gets what two devices claim.
struct TwinTests {
  @Test func `without a holder the first file gets an identity, and both are reported`() async throws {
    let files = [
      "b.yaml": "key: \"\(Keys.first)\"\nidentity: shared", "B.yaml": "identity: shared\nkey: \"\(Keys.second)\"",
      "c.psk": "x:\(Keys.third)\nshared:\(Keys.random())",
    ]
    try await withDevices(files) { directory in
      let (table, problems) = try directory.load()
      #expect(table.ids == ["B", "x"])
      #expect(table.credential(for: "shared")?.device.id.name == "B")
      #expect(
        problems.map(directory.short) == [
          "B.yaml:1: warning: identity 'shared' is claimed by device 'b' (b.yaml:1) as well, which is refused",
          "B.yaml:1: warning: identity 'shared' is claimed by device 'shared' (c.psk:2) as well, "
            + "which is refused",
          "b.yaml:1: error: identity 'shared' is that of device 'B' (B.yaml:1), which keeps it: "
            + "each is for one device",
          "c.psk:2: error: identity 'shared' is that of device 'B' (B.yaml:1), which keeps it: "
            + "each is for one device",
        ])
    }
  }

  @Test(arguments: ["identity: other\n", ""])
  func `a file goes before a bundle's line of its id, whoever holds it`(identity: String) async throws {
    try await withDevices(["a.psk": "dev:\(Keys.first)"]) { directory in
      let last = try directory.load().table
      try directory.put("\(identity)key: \"\(Keys.second)\"", "dev.yaml")
      for last in [last, .empty] {
        let (table, problems) = try directory.load(keeping: last)
        #expect(table.device("dev")?.source?.kind == .file)
        #expect(table.credential(for: "dev")?.key.hex == (identity.isEmpty ? Keys.second : nil))
        #expect(
          problems.map(directory.short) == [
            "a.psk:1: warning: device 'dev' has a file of its own (dev.yaml:1), which is in force: remove this line"
          ])
      }
    }
  }

  @Test func `an escaped identity's id is for one device`() async throws {
    let files = ["a%20b.yaml": "key: \"\(Keys.first)\"", "b.psk": "a b:\(Keys.second)\na%20b:\(Keys.third)"]
    try await withDevices(files) { directory in
      let (table, problems) = try directory.load()
      #expect(table.device("a%20b")?.source?.kind == .file)
      #expect(table.credential(for: "a b") == nil)
      // The third has the id a%2520b, but its identity is the first's.
      #expect(table.count == 1)
      #expect(problems.map(\.severity) == [.warning, .warning, .error])
    }
  }

  @Test func `a next identity counts as well`() async throws {
    let files = [
      "a.yaml": "key: \"\(Keys.first)\"\nnext: {identity: b, key: \"\(Keys.second)\"}",
      "b.yaml": "key: \"\(Keys.third)\"",
    ]
    try await withDevices(files) { directory in
      let table = try directory.load().table
      #expect(table.ids == ["a"])
      #expect(table.credential(for: "b")?.slot == .next)
    }
  }

  @Test func `a next identity that is taken refuses its device`() async throws {
    let files = [
      "a.yaml": "key: \"\(Keys.first)\"",
      "b.yaml": "key: \"\(Keys.second)\"\nnext: {identity: a, key: \"\(Keys.third)\"}",
    ]
    try await withDevices(files) { directory in
      let (table, problems) = try directory.load()
      #expect(table.ids == ["a"])
      #expect(problems.map(\.severity) == [.warning, .error])
    }
  }

  @Test func `a displaced device leaves nothing behind`() async throws {
    // a.yaml comes first and takes both of b's identities, which b holds.
    let held = "identity: b1\nkey: \"\(Keys.first)\"\nnext: {identity: b2, key: \"\(Keys.second)\"}"
    try await withDevices(["b.yaml": held]) { directory in
      let last = try directory.load().table
      try directory.put(
        "identity: b2\nkey: \"\(Keys.third)\"\nnext: {identity: free, key: \"\(Keys.random())\"}", "a.yaml")
      let table = try directory.load(keeping: last).table
      #expect(table.ids == ["b"])
      #expect(table.credential(for: "b2")?.key.hex == Keys.second)
      #expect(table.credential(for: "free") == nil && table.device("a") == nil)
      #expect(table.count == 1)
    }
  }

  @Test func `within a bundle the first line wins`() async throws {
    try await withDevices(["a.psk": "x:\(Keys.first)\ny:\(Keys.second)\nx:\(Keys.third)"]) { directory in
      let (table, problems) = try directory.load()
      #expect(table.credential(for: "x")?.key.hex == Keys.first)
      #expect(problems.map(\.line) == [1, 3])
      #expect(table.map(\.id.name) == ["x", "y"])
    }
  }

  @Test func `the holder keeps its identity against a file that comes first`() async throws {
    try await withDevices(["b.yaml": "identity: shared\nkey: \"\(Keys.first)\""]) { directory in
      let last = try directory.load().table
      try directory.put("identity: shared\nkey: \"\(Keys.second)\"", "a.yaml")
      #expect(try directory.load().table.ids == ["a"])
      let (table, problems) = try directory.load(keeping: last)
      #expect(table.ids == ["b"])
      #expect(table.credential(for: "shared")?.key.hex == Keys.first)
      #expect(problems.map(\.severity) == [.error, .warning])
    }
  }

  @Test func `the holder keeps its identity while its own key changes`() async throws {
    try await withDevices(["b.yaml": "identity: shared\nkey: \"\(Keys.first)\""]) { directory in
      let last = try directory.load().table
      try directory.put("identity: shared\nkey: \"\(Keys.second)\"", "a.yaml")
      try directory.put("identity: shared\nkey: \"\(Keys.third)\"", "b.yaml")
      let table = try directory.load(keeping: last).table
      #expect(table.credential(for: "shared")?.key.hex == Keys.third)
    }
  }

  @Test func `a line put before the holder's in its bundle does not get its identity`() async throws {
    try await withDevices(["a.psk": "x:\(Keys.first)"]) { directory in
      let last = try directory.load().table
      try directory.put("x:\(Keys.second)\nx:\(Keys.first)", "a.psk")
      let (table, problems) = try directory.load(keeping: last)
      #expect(table.credential(for: "x")?.key.hex == Keys.first)
      #expect(table.count == 1)
      #expect(problems.map(\.severity) == [.error, .warning])
    }
  }

  @Test func `a copy of a whole bundle that comes first takes nothing`() async throws {
    let text = (0..<500).map { "dev-\($0):\(Keys.random())" }.joined(separator: "\n")
    try await withDevices(["fleet.psk": text]) { directory in
      let last = try directory.load().table
      try directory.put(text, "backup.psk")
      let (table, problems) = try directory.load(keeping: last)
      #expect(table.count == 500)
      #expect(table.allSatisfy { $0.source?.path == "\(directory.path)/fleet.psk" })
      // A hundred of each kind for each file, and one that counts the rest.
      #expect(problems.count == 202)
      #expect(problems.contains { $0.message == "400 more errors from here on" && $0.line == 101 })
    }
  }

  @Test func `what is free again goes to the next`() async throws {
    let files = ["a.yaml": "identity: s\nkey: \"\(Keys.first)\"", "b.yaml": "identity: s\nkey: \"\(Keys.second)\""]
    try await withDevices(files) { directory in
      let last = try directory.load().table
      try directory.put("key: \"\(Keys.first)\"", "a.yaml")
      let (table, problems) = try directory.load(keeping: last)
      #expect(problems.isEmpty)
      #expect(table.ids == ["a", "b"])
    }
  }
}

/// Keys that are fine by themselves and should still be looked at.
struct KeyWarningTests {
  @Test func `warns of one key in two devices`() async throws {
    let files = ["a.yaml": "key: \"\(Keys.first)\"", "b.psk": "x:\(Keys.second)\ny:\(Keys.first)"]
    try await withDevices(files) { directory in
      let problems = try directory.problems()
      #expect(
        problems == ["b.psk:2: warning: the key is that of device 'a' (a.yaml:1) as well: each device needs its own"])
    }
  }

  @Test func `warns of a rotation that brings the same key`() async throws {
    let text = "key: \"\(Keys.first)\"\nnext: {identity: b, key: \"\(Keys.first)\"}"
    try await withDevices(["a.yaml": text]) { directory in
      let problems = try directory.problems()
      #expect(problems == ["a.yaml:1: warning: next has the key that is in use"])
    }
  }

  private static let lowVariety =
    "the key has few different bytes, or counts them up: gwctl rotate-key makes a random one"
  private static let sameAsIdentity = "the key is the identity: whoever knows the one knows the other"
  private static let cases: [(name: String, text: String, problem: String?)] = [
    ("a.yaml", "key: \"00000000000000000000000000000000\"", lowVariety),
    ("a.yaml", "key: \"00112233001122330011223300112233\"", lowVariety),
    ("a.yaml", "key: \"000102030405060708090a0b0c0d0e0f\"", lowVariety),
    ("a.yaml", "key: \"f0e0d0c0b0a090807060504030201000\"", lowVariety),
    ("a.yaml", "key: \"0011223344556677001122334455667788\"", nil),
    ("a.yaml", "key: \"2a\"\nweak_key: accepted", nil),
    (
      "sixteen-letters.yaml", "identity: x\nkey: \"7369787465656e2d6c657474657273\"\nweak_key: accepted",
      "the key is the id: whoever knows the one knows the other"
    ),
    ("a.yaml", "identity: \(Keys.first)\nkey: \"\(Keys.first)\"", sameAsIdentity),
    ("a.yaml", "identity: \(Keys.first.uppercased())\nkey: \"\(Keys.first)\"", sameAsIdentity),
    ("a.yaml", "identity_hex: \(Keys.first)\nkey: \"\(Keys.first)\"", sameAsIdentity),
    ("a.psk", "\(Keys.first):\(Keys.first)", sameAsIdentity),
    ("a.psk", "x:00000000000000000000000000000000", lowVariety),
    ("a.psk", "x:\(Keys.first)", nil),
  ]

  @Test(arguments: cases)
  func `warns of keys that can be guessed`(name: String, text: String, problem: String?) async throws {
    try await withDevices([name: text]) { directory in
      let (table, problems) = try directory.load()
      #expect(table.count == 1)
      #expect(problems.map(\.message) == [problem].compactMap { $0 })
      #expect(problems.allSatisfy { $0.severity == .warning })
    }
  }

  @Test func `random keys raise no warning`() async throws {
    let text = (0..<2000).map { "dev-\($0):\(Keys.random(byteCount: 16))" }.joined(separator: "\n")
    try await withDevices(["fleet.psk": text]) { directory in
      let problems = try directory.problems()
      #expect(problems.isEmpty)
    }
  }
}
