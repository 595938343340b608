import Devices
import Model
import TestSupport
import Testing

/// What stays of a device whose file can no longer be used.
struct LastGoodRecordTests {
  private static let broken: [(text: String, mode: Int)] = [
    ("", 0o600), ("key: \"00\"", 0o600), ("key: \"\(Keys.second)\"", 0o644), (": [", 0o600), ("colour: red", 0o600),
  ]

  @Test(arguments: broken)
  func `a device keeps its record while its file is broken`(text: String, mode: Int) async throws {
    try await withDevices(["a.yaml": "key: \"\(Keys.first)\""]) { directory in
      let last = try directory.load().table
      try write(text, to: "\(directory.path)/a.yaml", mode: mode)
      let (table, problems) = try directory.load(keeping: last)
      #expect(table.credential(for: "a")?.key.hex == Keys.first)
      #expect(problems.first?.severity == .error)
      #expect(try directory.load().table.count == 0)
      // And again, from the table that kept it.
      #expect(try directory.load(keeping: table).table.count == 1)
    }
  }

  @Test func `a mended file counts again, and a removed one is gone`() async throws {
    try await withDevices(["a.yaml": "key: \"\(Keys.first)\""]) { directory in
      let first = try directory.load().table
      try directory.put("?", "a.yaml")
      let second = try directory.load(keeping: first).table
      try directory.put("key: \"\(Keys.second)\"", "a.yaml")
      let third = try directory.load(keeping: second).table
      #expect(third.credential(for: "a")?.key.hex == Keys.second)
      try SpecialFiles.remove("\(directory.path)/a.yaml")
      #expect(try directory.load(keeping: third).table.count == 0)
    }
  }

  @Test func `an entry keeps its record while its line is broken`() async throws {
    try await withDevices(["f.psk": "a:\(Keys.first)\nb:\(Keys.second)\nc:\(Keys.third)"]) { directory in
      let last = try directory.load().table
      try directory.put("new:\(Keys.random())\na:\nb\nd:\n", "f.psk")
      let (table, problems) = try directory.load(keeping: last)
      #expect(table.map(\.id.name) == ["new", "a", "b"])
      #expect(table.device("a")?.key.hex == Keys.first)
      #expect(table.device("a")?.source?.line == 2)
      #expect(table.device("b")?.key.hex == Keys.second)
      #expect(problems.map(\.line) == [2, 3, 4])
    }
  }

  @Test func `more is kept than the broken bundle has room for`() async throws {
    let names = (0..<200).map { "dev-\($0)" }
    try await withDevices(["f.psk": names.map { "\($0):\(Keys.random())" }.joined(separator: "\n")]) { directory in
      let last = try directory.load().table
      try directory.put(names.joined(separator: "\n"), "f.psk")
      let table = try directory.load(keeping: last).table
      #expect(table.map(\.id.name) == names)
      #expect(names.allSatisfy { table.device($0)?.key.hex == last.device($0)?.key.hex })
    }
  }

  @Test func `a bundle that cannot be read keeps all its entries`() async throws {
    try await withDevices(["f.psk": "a:\(Keys.first)\nb:\(Keys.second)"]) { directory in
      let last = try directory.load().table
      try SpecialFiles.setMode(0o644, "\(directory.path)/f.psk")
      let (table, problems) = try directory.load(keeping: last)
      #expect(table.ids == ["a", "b"])
      #expect(problems.map(\.line) == [1])
    }
  }

  @Test func `a broken line gets no other file's record`() async throws {
    try await withDevices(["a.psk": "a:\(Keys.first)"]) { directory in
      let last = try directory.load().table
      try SpecialFiles.remove("\(directory.path)/a.psk")
      try directory.put("a:", "b.psk")
      try directory.put("?", "a.yaml")
      #expect(try directory.load(keeping: last).table.count == 0)
    }
  }

  @Test func `a file that asks for another's identity keeps what it had`() async throws {
    try await withDevices(["a.yaml": "key: \"\(Keys.first)\"", "b.yaml": "key: \"\(Keys.second)\""]) { directory in
      let last = try directory.load().table
      try directory.put("identity: a\nkey: \"\(Keys.third)\"", "b.yaml")
      let (table, problems) = try directory.load(keeping: last)
      #expect(table.ids == ["a", "b"])
      #expect(table.credential(for: "a")?.key.hex == Keys.first)
      #expect(table.credential(for: "b")?.key.hex == Keys.second)
      #expect(problems.map(\.severity) == [.warning, .error])
    }
  }
}
