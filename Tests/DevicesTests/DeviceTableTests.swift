import Devices
import Model
import TestSupport
import Testing

/// Finding devices, whatever their number.
struct DeviceTableTests {
  @Test func `the empty table has nothing`() {
    #expect(DeviceTable.empty.count == 0)
    #expect(DeviceTable.empty.credential(for: "") == nil)
    #expect(DeviceTable.empty.credential(for: "a") == nil)
    #expect(DeviceTable.empty.makeIterator().next() == nil)
  }

  @Test func `finds each of 20,000 devices, and nobody else`() async throws {
    let names = (0..<20_000).map { "dev-\($0)" }
    let keys = names.map { _ in Keys.random(byteCount: 16) }
    let text = zip(names, keys).map { "\($0):\($1)\n" }.joined()
    let files = ["fleet.psk": text, "own.yaml": "key: \"\(Keys.first)\"", "zz.psk": "last:\(Keys.second)"]
    try await withDevices(files) { directory in
      let (table, problems) = try directory.load()
      #expect(problems.isEmpty)
      #expect(table.count == 20_002)
      #expect(table.map(\.id.name) == ["own"] + names + ["last"])
      let isRight = zip(names, keys).allSatisfy { name, key in
        table.credential(for: name)?.key.hex == key && table.device(name)?.identity == Array(name.utf8)
      }
      #expect(isRight)
      #expect(table.credential(for: "last")?.key.hex == Keys.second)
      #expect(!names.contains { table.credential(for: "\($0)x") != nil || table.device("x\($0)") != nil })
    }
  }

  @Test func `a table is read from many threads`() async throws {
    let names = (0..<100).map { "dev-\($0)" }
    try await withDevices(["f.psk": names.map { "\($0):\(Keys.random())" }.joined(separator: "\n")]) { directory in
      let table = try directory.load().table
      await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<8 {
          group.addTask { names.allSatisfy { table.credential(for: $0)?.device.id.name == $0 } }
        }
        for await isRight in group { #expect(isRight) }
      }
    }
  }

  @Test func `identities are told apart by every byte`() async throws {
    let identities = ["a", "a\0", "\0a", "aa", "A", "aaaaaaaa", "aaaaaaaaa", "aaaaaaaa\0"]
    let lines = identities.map { "\($0):\(Keys.random())" }
    try await withDevices(["f.psk": lines.joined(separator: "\n")]) { directory in
      let (table, problems) = try directory.load()
      #expect(problems.isEmpty)
      #expect(identities.allSatisfy { table.credential(for: $0)?.device.identity == Array($0.utf8) })
    }
  }

  @Test func `2,000 files of their own load as well`() async throws {
    try await withDevices { directory in
      let names = (0..<2000).map { "dev-\($0)" }
      for name in names { try directory.put("key: \"\(Keys.random())\"\n", "\(name).yaml") }
      let (table, problems) = try directory.load()
      #expect(problems.isEmpty)
      #expect(table.count == names.count)
      #expect(names.allSatisfy { table.credential(for: $0)?.device.id.name == $0 })
    }
  }
}
