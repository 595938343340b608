import Foundation
import Model
import TestSupport
import Testing

@testable import Storage

@Suite struct SpoolTests {
  private func value(of sql: String, in path: String) throws -> String? {
    try SQLiteDatabase(path: path + "/spool.db", mode: .readWrite).value(of: sql)
  }

  @Test func `messages come back as they went, in the order of their places`() async throws {
    try await withSpool { spool in
      let messages = try [
        SpooledMessage.make(3, payload: [0, 255, 10], qos: .exactlyOnce),
        .make(1, payload: [], retain: true),
        .make(2, topic: "a/ü/🙂", payload: Array(repeating: 7, count: 70_000)),
      ]
      try await spool.append(messages)
      let page = try await spool.read()
      #expect(page.messages == messages.sorted { $0.sequence < $1.sequence })
      #expect(spool.statistics.messages == 3)
      #expect(spool.statistics.bytes == messages.reduce(0) { $0 + $1.byteCount })
    }
  }

  @Test func `what is removed is not read again, even at once`() async throws {
    try await withSpool { spool in
      try await spool.append(try (1...10).map { try .make($0) })
      spool.remove([1, 2, 5, 99])
      let page = try await spool.read()
      #expect(page.messages.map(\.sequence) == [3, 4, 6, 7, 8, 9, 10])
      try await eventually("seven on disk") { spool.statistics.messages == 7 }
    }
  }

  @Test(.enabled("mounting takes root and a loop device") { await FailingDisk.canMount() })
  func `what is removed is not read again when the disk does not let go of it`() async throws {
    try await withTemporaryDirectory { path in
      let disk = try FailingDisk()
      try await disk.mounted(at: path) {
        try await withSpool(in: path) { spool in
          try await spool.append(try (1...4).map { try .make($0) })
          try await disk.fail()
          spool.remove([1])
          spool.setAside(try .make(3), reason: "a test")
          let page = try await spool.read()
          #expect(page.messages.map(\.sequence) == [2, 4])
          #expect(page.end == 4)
          #expect(spool.statistics.isFailing)
        }
      }
    }
  }

  @Test func `a page has one share, begins after a place, and says where it ends`() async throws {
    try await withSpool { spool in
      let lanes = [UInt64.max, 0, 1, 2, 3]
      try await spool.append(try (1...50).map { try .make($0, lane: lanes[Int($0) % 5]) })
      let odd = try await spool.read(share: 1, of: 2, count: 8)
      #expect(odd.messages.allSatisfy { $0.lane % 2 == 1 })
      #expect(odd.messages.count == 8)
      #expect(odd.end == odd.messages.last?.sequence)
      #expect(odd.hasMore)
      let rest = try await spool.read(share: 1, of: 2, after: odd.end)
      #expect(odd.messages.count + rest.messages.count == 30)
      #expect(!rest.hasMore)
      let nobody = try await spool.read(share: 5, of: 7, after: 40)
      #expect(nobody.messages.isEmpty && nobody.end == 50)
    }
  }

  @Test func `a page ends with its bytes, but has one message in any case`() async throws {
    try await withSpool { spool in
      try await spool.append(try (1...3).map { try .make($0, payload: Array(repeating: 1, count: 1_000)) })
      #expect(try await spool.read(bytes: 1).messages.map(\.sequence) == [1])
      #expect(try await spool.read(bytes: 1_500).messages.map(\.sequence) == [1, 2])
    }
  }

  @Test func `the next run finds what was not removed`() async throws {
    try await withTemporaryDirectory { path in
      try await withSpool(in: path) { spool in
        try await spool.append(try (1...5).map { try .make($0, lane: UInt64($0 % 2)) })
        spool.remove([2])
      }
      try await withSpool(in: path) { spool in
        #expect(spool.contents.messages == 4)
        #expect(spool.contents.messagesByLane == [0: 1, 1: 3])
        #expect(spool.contents.nextSequence == 6)
        #expect(spool.contents.bytes == spool.statistics.bytes)
        let page = try await spool.read()
        #expect(page.messages.map(\.sequence) == [1, 3, 4, 5])
      }
    }
  }

  @Test func `a message that is stored twice is there once`() async throws {
    try await withSpool { spool in
      try await spool.append([try .make(1)])
      try await spool.append([try .make(1), try .make(2)])
      #expect(try await spool.read().messages.map(\.sequence) == [1, 2])
      #expect(spool.statistics.messages == 2)
    }
  }

  @Test func `what was set aside has left, with its reason, and only the newest are kept`() async throws {
    try await withTemporaryDirectory { path in
      try await withSpool(in: path) { spool in
        let messages = try (1...1_100).map { try SpooledMessage.make($0) }
        try await spool.append(messages)
        for message in messages { spool.setAside(message, reason: "poison") }
        #expect(try await spool.read().messages.isEmpty)
        #expect(spool.statistics.setAside == 1_000)
        #expect(spool.statistics.setAsideForgotten == 100)
      }
      #expect(try value(of: "SELECT DISTINCT reason FROM set_aside", in: path) == "poison")
      #expect(try value(of: "SELECT count(*) FROM set_aside", in: path) == "1000")
      try await withSpool(in: path) { #expect($0.statistics.setAside == 1_000) }
    }
  }

  @Test func `large messages that were set aside are kept up to 16 MiB`() async throws {
    try await withSpool { spool in
      for number in 1...20 {
        spool.setAside(try .make(Int64(number), payload: Array(repeating: 1, count: 1 << 20)), reason: "large")
      }
      _ = try await spool.read()
      #expect(spool.statistics.setAside == 15)
    }
  }

  @Test func `a closed spool says so`() async throws {
    try await withTemporaryDirectory { path in
      let spool = try Spool.open(in: try StateDirectory.open(path: path))
      spool.close()
      spool.close()
      await #expect(throws: StorageError.spoolClosed) { try await spool.append([try .make(1)]) }
      await #expect(throws: StorageError.spoolClosed) { _ = try await spool.read() }
    }
  }

  @Test func `the oldest message has an age, whatever the wall clock said`() async throws {
    try await withTemporaryDirectory { path in
      try await withSpool(in: path) { spool in
        #expect(spool.statistics.oldestAge == nil)
        try await spool.append([try .make(1)])
        let age = try #require(spool.statistics.oldestAge)
        #expect(age >= .zero && age < .seconds(60))
      }
      // As if it had been written by a clock that was far ahead.
      _ = try value(of: "UPDATE spool SET stored_at = stored_at + 1000000000000", in: path)
      try await withSpool(in: path) { #expect($0.statistics.oldestAge == .zero) }
    }
  }

  @Test func `an empty spool gives its space back`() async throws {
    try await withTemporaryDirectory { path in
      try await withSpool(in: path) { spool in
        let payload = [UInt8](repeating: 1, count: 100_000)
        try await spool.append(try (1...200).map { try .make($0, payload: payload) })
        spool.remove(Array(1...200))
        try await eventually("a small file") {
          let size = try FileManager.default.attributesOfItem(atPath: path + "/spool.db")[.size] as? Int
          return try #require(size) < 100_000
        }
      }
    }
  }

  @Test func `every commit is on disk when it returns`() async throws {
    try await withTemporaryDirectory { path in
      let database = try SpoolFile(path: path + "/spool.db").database
      #expect(try database.value(of: "PRAGMA synchronous") == "2")  // FULL
      #expect(try database.value(of: "PRAGMA journal_mode") == "wal")
      #expect(try database.value(of: "PRAGMA locking_mode") == "exclusive")
    }
  }

  @Test func `files are for their owner alone`() async throws {
    try await withTemporaryDirectory { path in
      try await withSpool(in: path) { spool in
        try await spool.append([try .make(1)])
        for name in ["spool.db", "spool.db-wal", "spool.db.reserve"] {
          let mode = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")[.posixPermissions] as? Int
          #expect(mode == 0o600, "\(name)")
        }
      }
    }
  }
}
