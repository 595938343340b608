import Model
import Platform
import TestSupport
import Testing

@testable import Devices

/// A table that is made from the one before says the same as one that is read from the beginning.
struct TableChangeTests {
  @Test(arguments: 0..<8 as Range<UInt64>)
  func `a change leads to what a whole load says`(seed: UInt64) async throws {
    try await withDevices { directory in
      var random = SplitMix64(seed: seed)
      var table = try directory.load().table
      for step in 0..<150 {
        let names = try Set((0..<Int.random(in: 1...2, using: &random)).map { _ in try change(directory, &random) })
        let whole = try directory.load(keeping: forgetful(table))
        let (next, touched) = try directory.update(names, in: table)
        let place = Comment(rawValue: "seed \(seed), step \(step), \(names)")
        #expect(describe(next) == describe(whole.table), place)
        #expect(next.problems.map(directory.short) == whole.problems.map(directory.short), place)
        #expect(next.count == whole.table.count, place)
        let changes = DeviceChanges(from: table, to: next, touched: touched)
        #expect(changes.devices == differences(table, next), place)
        #expect(DeviceChanges(from: table, to: next).devices == changes.devices, place)
        #expect(next.count == table.count + changes.added - changes.removed, place)
        table = next
      }
    }
  }

  @Test func `a change of one file among many reads and exchanges that file alone`() async throws {
    let files = Dictionary(uniqueKeysWithValues: (0..<200).map { ("d\($0).yaml", "key: \"\(Keys.random())\"") })
    try await withDevices(files) { directory in
      let table = try directory.load().table
      try directory.put("key: \"\(Keys.first)\"", "d7.yaml")
      let (next, touched) = try directory.update(["d7.yaml", "d8.yaml", "README"], in: table)
      #expect(touched?.map(\.name) == ["d7"])
      #expect(next.device("d7")?.key.hex == Keys.first)
      let d9 = try DeviceID("d9")
      #expect(next.parts.devices[d9] === table.parts.devices[d9])
    }
  }

  @Test func `what did not change is not read again`() async throws {
    try await withDevices(["a.yaml": "key: \"\(Keys.first)\"", "f.psk": "x:\(Keys.second)"]) { directory in
      var table = try directory.load().table
      // A file that was just written is read once more: its time may not tell the next change.
      try await eventually("files that are old enough") {
        let names = try directory.changedNames(since: table, isThorough: true)
        table = try directory.update(names, in: table).table
        return names.isEmpty
      }
      let again = try directory.load(keeping: table).table
      #expect(again.parts.bundled.records.bundles.first === table.parts.bundled.records.bundles.first)
      try SpecialFiles.setMode(0o644, "\(directory.path)/a.yaml")
      try SpecialFiles.remove("\(directory.path)/f.psk")
      try directory.put("z:\(Keys.third)", "g.psk")
      try directory.put("", "README")
      #expect(try directory.changedNames(since: table, isThorough: false) == ["a.yaml", "f.psk", "g.psk"])
    }
  }

  @Test func `files that could not be used are read again when asked for`() async throws {
    try await withDevices(["a.yaml": "?"]) { directory in
      var table = try directory.load().table
      try await eventually("a file that is old enough") {
        table = try directory.update(["a.yaml"], in: table).table
        return try directory.changedNames(since: table, isThorough: false).isEmpty
      }
      #expect(try directory.changedNames(since: table, isThorough: true) == ["a.yaml"])
    }
  }

  @Test func `what is known of a device and is not in its file counts`() async throws {
    let text = "key: \"\(Keys.first)\"\nnext: {identity: b, key: \"\(Keys.second)\"}"
    try await withDevices(["a.yaml": text, "z.yaml": "key: \"\(Keys.third)\""]) { directory in
      let promote: DeviceAdjustment = { device in
        guard let next = device.next else { return nil }
        var promoted = device
        (promoted.credential, promoted.next) = (next, nil)
        return promoted
      }
      let plain = try directory.load().table
      #expect(plain.credential(for: "a") != nil)
      let (table, touched) = try directory.update(["a.yaml"], in: plain, adjusting: promote)
      #expect(touched?.map(\.name) == ["a"])
      for table in [table, try directory.load(keeping: table, adjusting: promote).table] {
        #expect(table.credential(for: "a") == nil)
        #expect(table.credential(for: "b")?.slot == .current)
        #expect(table.count == 2)
      }
      #expect(try directory.load(adjusting: promote).table.credential(for: "b")?.slot == .current)
    }
  }

  @Test func `a directory that is gone is an error, and nothing else`() async throws {
    try await withDevices(["a.yaml": "key: \"\(Keys.first)\""]) { directory in
      let table = try directory.load().table
      try SpecialFiles.remove(directory.path)
      #expect(throws: DevicesError.self) { try directory.changedNames(since: table, isThorough: false) }
      #expect(throws: DevicesError.self) { try directory.update(["a.yaml"], in: table) }
    }
  }
}

/// Changes a file at random, so that identities, ids and keys meet. Its name.
private func change(_ directory: DeviceDirectory, _ random: inout SplitMix64) throws -> String {
  let names = ["a", "b", "c", "d"]
  func name() -> String { names.randomElement(using: &random) ?? "" }
  func key() -> String {
    let digits = [Keys.first, Keys.second, Keys.third, "0f" + Keys.first].randomElement(using: &random)
    return digits ?? ""
  }
  let file = Bool.random(using: &random) ? "\(name()).yaml" : ["e.psk", "f.psk"].randomElement(using: &random) ?? ""
  let text: String
  switch Int.random(in: 0..<8, using: &random) {
  case 0:
    try? SpecialFiles.remove("\(directory.path)/\(file)")
    return file
  case 1: text = "?"
  case _ where file.hasSuffix(".psk"):
    text = (0..<Int.random(in: 0...3, using: &random)).map { _ in "\(name()):\(key())\n" }.joined()
  case 2: text = "key: \"\(key())\"\nidentity: \(name())\nnext: {identity: \(name())2, key: \"\(key())\"}\n"
  case 3: text = "key: \"\(key())\"\nidentity: \(name())2\n"
  case 4: text = "key: \"\(key())\"\nidentity: \(name())\n"
  default: text = "key: \"\(key())\"\nlabels: {n: \"\(Int.random(in: 0..<3, using: &random))\"}\n"
  }
  try directory.put(text, file)
  if Int.random(in: 0..<12, using: &random) == 0 { try SpecialFiles.setMode(0o644, "\(directory.path)/\(file)") }
  return file
}

/// The same devices, but nothing of the files that they were read from.
private func forgetful(_ table: DeviceTable) -> DeviceTable {
  var parts = table.parts
  parts.directory = ""
  return DeviceTable(parts)
}

/// Everything that a table finds, by id and by identity.
private func describe(_ table: DeviceTable) -> [String] {
  table.map { device in
    let credentials = [device.credential] + [device.next].compactMap(\.self)
    let found = credentials.map { credential in
      let match = table.credential(for: credential.identity.span)
      return "\(Credential.display(credential.identity))=\(match?.device.id.name ?? "-")/\(match?.key.hex ?? "-")"
    }
    return "\(device.id) \(found) \(device.labels) \(table.device(device.id)?.source?.description ?? "-")"
  }
}

/// The ids of devices that are not the same in both.
private func differences(_ before: DeviceTable, _ after: DeviceTable) -> Set<DeviceID> {
  Set((before.map(\.id) + after.map(\.id))).filter { id in
    guard let old = before.device(id), let new = after.device(id) else { return true }
    return !old.isSame(as: new)
  }
}
