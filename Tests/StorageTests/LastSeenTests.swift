import Foundation
import Model
import TestSupport
import Testing

@testable import Storage

@Suite struct LastSeenTests {
  private static let start = Date(timeIntervalSince1970: 1_700_000_000)

  private static func entry(_ name: String, at offset: TimeInterval = 0) throws -> LastSeen {
    LastSeen(
      device: try DeviceID(name), connectedAt: start + offset, address: "10.0.0.1", tlsVersion: "TLSv1.3",
      cipherSuite: "TLS_AES_128_GCM_SHA256", identity: [0, 9, 10, 255])
  }

  private static func line(of entry: LastSeen) -> String {
    var bytes: [UInt8] = []
    LastSeenLine.append(entry, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func ended(_ name: String, at offset: TimeInterval, _ end: OfflineReason = .timeout) throws -> LastSeen
  {
    var entry = try entry(name)
    entry.seenAt = start + offset
    entry.end = end
    return entry
  }

  @Test func `every field comes back`() async throws {
    try await withState { state in
      var store = try LastSeenStore(in: state, now: Self.start) { _ in true }
      var entry = try Self.ended("a", at: 7.125)
      entry.provedNextKey = true
      try store.record([entry, Self.entry("b")], now: Self.start + 8)
      var open = try Self.entry("b")
      open.seenAt = Self.start + 8
      #expect(try LastSeen.read(fromState: state.path) == [entry.device: entry, open.device: open])
    }
  }

  @Test func `who was connected when the gateway was killed was seen with its last sign of life`() async throws {
    try await withState { state in
      var store = try LastSeenStore(in: state, now: Self.start) { _ in true }
      try store.record([Self.entry("a"), Self.ended("b", at: 1)], now: Self.start + 1)
      try store.record([], now: Self.start + 50)
      _ = try LastSeenStore(in: state, now: Self.start + 1000) { _ in true }
      let entries = try #require(try LastSeen.read(fromState: state.path))
      #expect(
        try entries == [
          DeviceID("a"): Self.ended("a", at: 50, .gatewayRestarted), DeviceID("b"): Self.ended("b", at: 1),
        ])
    }
  }

  @Test func `there is nothing to read where no gateway ever ran`() async throws {
    try await withTemporaryDirectory { directory in
      try #expect(LastSeen.read(fromState: directory) == nil)
      try #expect(LastSeen.read(fromState: directory + "/none") == nil)
    }
  }

  @Test(arguments: [
    "a\t17", "a\t1700000000000\t", "x\n\n\t\t\t\t\t\t\t\t\n#alive\n#alive\tsoon\n", "a\t-1\t\t\t\t\t\tcurrent\t00\n",
    "a\t99999999999999999999\t\t\t\t\t\tcurrent\t00\n", "a\t1\t\t\t\t\t\tcurrent\t0\n", "a\t1\t\t\t\t\t\tcurrent\tzz\n",
    "/etc\t1\t\t\t\t\t\tcurrent\t00\n", "\u{0}\u{0}\n",
  ])
  func `what a kill or a broken disk left is left out, and the rest counts`(rubbish: String) async throws {
    try await withState { state in
      let good = Self.line(of: try Self.ended("good", at: 1))
      try write(good + rubbish, to: state.path + "/last-seen")
      var store = try LastSeenStore(in: state, now: Self.start) { _ in true }
      try store.record([Self.ended("later", at: 2)], now: Self.start)
      #expect(try store.entries().keys.map(\.name).sorted() == ["good", "later"])
    }
  }

  @Test func `a line that was cut short anywhere leaves what was known before`() async throws {
    let good = Self.line(of: try Self.ended("a", at: 1))
    let later = Self.line(of: try Self.ended("a", at: 2))
    for length in 1..<later.utf8.count - 1 {
      try await withState { state in
        try write(good + later.prefix(length), to: state.path + "/last-seen")
        let store = try LastSeenStore(in: state, now: Self.start) { _ in true }
        #expect(try store.entries().values.map(\.seenAt) == [Self.start + 1])
      }
    }
  }

  @Test func `a fleet that comes and goes does not let the file grow without end`() async throws {
    try await withState { state in
      var store = try LastSeenStore(in: state, now: Self.start) { _ in true }
      let fleet = try (0..<1000).map { try Self.ended("device-\($0)", at: 1) }
      for _ in 0..<30 { try store.record(fleet, now: Self.start) }
      #expect(try store.entries().count == 1000)
      let size = try #require(FileManager.default.contents(atPath: state.path + "/last-seen")?.count)
      #expect(size < 9000 * Self.line(of: fleet[999]).utf8.count)
    }
  }

  @Test func `a device that is gone is forgotten after ninety days`() async throws {
    try await withState { state in
      var store = try LastSeenStore(in: state, now: Self.start) { _ in true }
      try store.record([Self.ended("old", at: 1), Self.ended("new", at: 80 * 86_400)], now: Self.start)
      let later = Self.start + 100 * 86_400
      #expect(try Self.grown(state, later) { _ in true }.count == 3)
      #expect(try Self.grown(state, later) { _ in false }.keys.map(\.name).sorted() == ["busy", "new"])
    }
  }

  /// What is left when so much has been added that the file was written anew.
  private static func grown(
    _ state: StateDirectory, _ now: Date, _ isKnown: @escaping @Sendable (DeviceID) -> Bool
  ) throws -> [DeviceID: LastSeen] {
    var store = try LastSeenStore(in: state, now: now, isKnown: isKnown)
    try store.record(Array(repeating: try ended("busy", at: 100 * 86_400), count: 5000), now: now)
    return try store.entries()
  }

  @Test(.enabled("mounting a small file system needs root", { await SmallDisk.canMount() }))
  func `a full disk keeps the next run from nothing`() async throws {
    try await withTemporaryDirectory { path in
      try await SmallDisk.mounted(at: path, kilobytes: 64) {
        let fleet = try (0..<100).map { try DeviceID("device-\($0)") }
        do {
          let state = try StateDirectory.open(path: path)
          _ = try LastSeenStore(in: state) { _ in true }
          var announced = try AnnouncedDevices(in: state)
          try announced.insert(contentsOf: fleet)
        }
        #expect(FileManager.default.createFile(atPath: path + "/filler", contents: nil))
        let filler = try FileHandle(forWritingTo: URL(filePath: path + "/filler"))
        #expect(throws: (any Error).self) { while true { try filler.write(contentsOf: Data(count: 1024)) } }
        let state = try await openAgain(path)
        var announced = try AnnouncedDevices(in: state)
        #expect(announced.devices == Set(fleet))
        var store = try LastSeenStore(in: state) { _ in true }
        let many = try (0..<100).map { try Self.ended("device-\($0)", at: 1) }
        #expect(throws: StorageError.self) { try store.record(many) }
        try filler.close()
        try FileManager.default.removeItem(atPath: path + "/filler")
        try store.record(many)
        #expect(try store.entries().count == 100)
        try announced.remove(DeviceID("device-0"))
        #expect(try AnnouncedDevices(in: state).devices == Set(fleet.dropFirst()))
      }
    }
  }

  @Test func `only the owner may read it`() async throws {
    try await withState { state in
      _ = try LastSeenStore(in: state) { _ in true }
      let attributes = try FileManager.default.attributesOfItem(atPath: state.path + "/last-seen")
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
  }
}

private func withState(_ body: (StateDirectory) async throws -> Void) async throws {
  try await withTemporaryDirectory { try await body(StateDirectory.open(path: $0)) }
}
