import Foundation
import Model
import TestSupport
import Testing

@testable import Storage

/// Files that are not whole: the spool opens all the same, with what can be read.
@Suite struct SpoolDamageTests {
  private let size = 4_096

  /// A spool of so many messages in one file, without a log.
  private func fill(_ path: String, _ count: Int64 = 1_000) async throws {
    try await withSpool(in: path) { spool in
      try await spool.append(
        try (1...count).map { try .make($0, payload: Array(repeating: UInt8($0 % 251), count: 200)) })
    }
    #expect(!FileManager.default.fileExists(atPath: path + "/spool.db-wal"))
  }

  private func overwrite(_ path: String, at offset: Int, _ bytes: [UInt8]) throws {
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path + "/spool.db"))
    try file.seek(toOffset: UInt64(offset))
    try file.write(contentsOf: Data(bytes))
    try file.close()
  }

  private func recovered(_ events: EventList) -> (path: String, count: Int)? {
    if case .damaged(_, let path, let count)? = events.all.first { (path, count) } else { nil }
  }

  @Test func `what is no database is put aside`() async throws {
    try await withTemporaryDirectory { path in
      try write("this is no database, " + String(repeating: "is it? ", count: 1_000), to: path + "/spool.db")
      let events = EventList()
      try await withSpool(in: path, events: events) { spool in
        #expect(spool.contents == SpoolContents())
        try await spool.append([try .make(1)])
      }
      let aside = try #require(recovered(events))
      #expect(aside.count == 0)
      #expect(try String(contentsOfFile: aside.path, encoding: .utf8).hasPrefix("this is no database"))
    }
  }

  @Test(arguments: [20, 33, 50])
  func `a page that cannot be read costs what is on it, no more`(page: Int) async throws {
    try await withTemporaryDirectory { path in
      try await fill(path)
      try overwrite(path, at: page * size, Array(repeating: 0xa5, count: size))
      let events = EventList()
      try await withSpool(in: path, events: events) { spool in
        let aside = try #require(recovered(events))
        #expect(aside.count == spool.contents.messages)
        #expect((950..<1_000).contains(aside.count))
        let page = try await spool.read()
        #expect(page.messages.count == aside.count)
        #expect(
          page.messages.allSatisfy { $0.message.payload == Array(repeating: UInt8($0.sequence % 251), count: 200) })
      }
    }
  }

  @Test func `several pages that cannot be read leave what is between them`() async throws {
    try await withTemporaryDirectory { path in
      try await fill(path)
      for page in [15, 30, 45] { try overwrite(path, at: page * size, Array(repeating: 0xa5, count: size)) }
      let events = EventList()
      try await withSpool(in: path, events: events) { spool in
        let aside = try #require(recovered(events))
        #expect((850..<1_000).contains(aside.count))
        #expect(spool.contents.nextSequence == 1_001)
      }
    }
  }

  @Test func `a file that was cut short keeps its beginning`() async throws {
    try await withTemporaryDirectory { path in
      try await fill(path)
      let file = try FileHandle(forUpdating: URL(fileURLWithPath: path + "/spool.db"))
      try file.truncate(atOffset: UInt64(30 * size))
      try file.close()
      let events = EventList()
      try await withSpool(in: path, events: events) { spool in
        let count = try #require(recovered(events)).count
        #expect((300..<700).contains(count))
        #expect(try await spool.read().messages.map(\.sequence) == Array(1...Int64(count)))
      }
    }
  }

  @Test func `a log of garbage is no log`() async throws {
    try await withTemporaryDirectory { path in
      try await fill(path)
      try write([UInt8](repeating: 0x5a, count: 100_000), to: path + "/spool.db-wal")
      try await withSpool(in: path) { #expect($0.contents.messages == 1_000) }
    }
  }

  @Test func `damage that is met while it runs is mended in the same way`() async throws {
    try await withTemporaryDirectory { path in
      // More than SQLite has in its cache.
      try await fill(path, 50_000)
      let events = EventList()
      try await withSpool(in: path, events: events) { spool in
        try overwrite(path, at: 500 * size, Array(repeating: 0xa5, count: 500 * size))
        await #expect(throws: StorageError.self) { _ = try await spool.read(count: 50_000) }
        let aside = try #require(recovered(events))
        #expect((25_000..<50_000).contains(aside.count))
        try await eventually("it works again") { (try? await spool.append([.make(60_000)])) != nil }
        #expect(try await spool.read(count: 50_000).messages.last?.sequence == 60_000)
      }
    }
  }

  @Test func `a rescue that was interrupted begins again, or is finished`() async throws {
    try await withTemporaryDirectory { path in
      try await fill(path)
      let database = path + "/spool.db"
      // Killed while it copied.
      try write("half a file", to: database + ".new")
      try overwrite(path, at: 33 * size, Array(repeating: 0xa5, count: size))
      let count = try await withSpool(in: path) { $0.contents.messages }
      #expect((950..<1_000).contains(count))
      // Killed between the two names.
      try FileManager.default.moveItem(atPath: database, toPath: database + ".new")
      try await withSpool(in: path) { #expect($0.contents.messages == count) }
    }
  }

  @Test func `a newer gateway's file is left alone`() async throws {
    try await withTemporaryDirectory { path in
      try await fill(path)
      try SQLiteDatabase(path: path + "/spool.db", mode: .readWrite).run("PRAGMA user_version = 99")
      await #expect(throws: StorageError.self) { try await withSpool(in: path) { _ in } }
      #expect(
        try SQLiteDatabase(path: path + "/spool.db", mode: .readOnly).value(of: "SELECT count(*) FROM spool") == "1000")
    }
  }
}
