import Devices
import Model
import Platform
import TestSupport
import Testing

/// Keys that are no longer needed are no longer in memory.
///
/// The keys are made by another process, so that nothing of this one held them before. One test after the other, for
/// each looks at all memory and copies pieces of it.
@Suite(.serialized, .enabled(if: !Sanitizer.isPresent, "\(MemoryImage.sanitizerHint)")) struct WipingTests {
  @Test func `a bundle's keys are gone with its table, and their digits after reading`() async throws {
    try await withDevices { directory in
      let path = "\(directory.path)/f.psk"
      try await makeFile(path, before: "dev:", after: "")
      let digits = try masked(path, prefix: 4)
      let key = Self.decode(digits)
      var table: DeviceTable? = try directory.load().table
      // The list of mappings that is read may lack one while other tests change it.
      try await eventually("the key in memory", within: .seconds(300)) { try ProcessMemory.contains(masked: key) }
      #expect(try !ProcessMemory.contains(masked: digits))
      #expect(table?.credential(for: "dev") != nil)
      table = nil
      #expect(try !ProcessMemory.contains(masked: key))
    }
  }

  @Test func `a file's key is gone with its table`() async throws {
    try await withDevices { directory in
      let path = "\(directory.path)/dev.yaml"
      try await makeFile(path, before: "key: \\\"", after: "\\\"")
      let key = Self.decode(try masked(path, prefix: 6))
      var table: DeviceTable? = try directory.load().table
      // The list of mappings that is read may lack one while other tests change it.
      try await eventually("the key in memory", within: .seconds(300)) { try ProcessMemory.contains(masked: key) }
      #expect(table?.credential(for: "dev") != nil)
      table = nil
      #expect(try !ProcessMemory.contains(masked: key))
    }
  }

  @Test func `a record that is kept leaves no copy`() async throws {
    try await withDevices { directory in
      let path = "\(directory.path)/f.psk"
      try await makeFile(path, before: "dev:", after: "")
      let key = Self.decode(try masked(path, prefix: 4))
      var table = try directory.load().table
      // Longer than the arena of so short a file has room for.
      try directory.put("\(String(repeating: "d:\n", count: 3))dev", "f.psk")
      table = try directory.load(keeping: table).table
      #expect(table.credential(for: "dev") != nil)
      table = .empty
      #expect(try !ProcessMemory.contains(masked: key))
    }
  }

  @Test func `a file's key is gone from the next table that is without it`() async throws {
    let others = Dictionary(uniqueKeysWithValues: (0..<100).map { ("d\($0).yaml", "key: \"\(Keys.random())\"") })
    try await withDevices(others) { directory in
      let path = "\(directory.path)/dev.yaml"
      try await makeFile(path, before: "key: \\\"", after: "\\\"")
      let key = Self.decode(try masked(path, prefix: 6))
      var table = try directory.load().table
      #expect(table.credential(for: "dev") != nil)
      try SpecialFiles.remove(path)
      table = try directory.update(["dev.yaml"], in: table).table
      #expect(try !ProcessMemory.contains(masked: key))
      #expect(table.count == 100)
    }
  }

  private func makeFile(_ path: String, before: String, after: String) async throws {
    let script = "umask 077; printf \"\(before)%s\(after)\" $(openssl rand -hex 32) > \(path)"
    let status = try await withProcess("sh", ["-c", script]) { try await $0.waitForExit() }
    #expect(status == 0)
  }

  /// The 64 hex digits behind `prefix` bytes, with every bit turned.
  private func masked(_ path: String, prefix: Int) throws -> [UInt8] {
    var window = [UInt8](repeating: 0, count: 200)
    defer { wipe(&window) }
    let count = try InputFile(path: path).read(into: &window, from: 0)
    #expect(count >= prefix + 64)
    return (prefix..<prefix + 64).map { ~window[$0] }
  }

  private static func decode(_ masked: [UInt8]) -> [UInt8] {
    stride(from: 0, to: masked.count, by: 2).map { index in
      ~(value(~masked[index]) << 4 | value(~masked[index + 1]))
    }
  }

  private static func value(_ digit: UInt8) -> UInt8 { digit <= 0x39 ? digit - 0x30 : digit - 0x61 + 10 }
}
