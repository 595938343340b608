import Foundation
import Model
import TestSupport
import Testing

@testable import Storage

/// What travels with a message, on disk (MQTT 5 §3.3.2.3).
@Suite struct SpoolPropertiesTests {
  /// The tables of version 1, which knew no properties.
  private static let version1 = """
    CREATE TABLE spool (
      sequence INTEGER PRIMARY KEY, lane INTEGER NOT NULL, stored_at INTEGER NOT NULL, qos INTEGER NOT NULL,
      retain INTEGER NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL) STRICT;
    CREATE TABLE set_aside (
      id INTEGER PRIMARY KEY, set_aside_at INTEGER NOT NULL, reason TEXT NOT NULL, qos INTEGER NOT NULL,
      retain INTEGER NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL) STRICT;
    PRAGMA user_version = 1;
    """

  private func make(_ sequence: Int64, _ properties: [MessageProperty]) throws -> SpooledMessage {
    let message = Message(topic: try Topic("devices/dev/up"), payload: [1], properties: properties)
    return SpooledMessage(sequence: sequence, lane: 0, message: message)
  }

  private func run(_ sql: String, in path: String) throws {
    try SQLiteDatabase(path: path + "/spool.db", mode: .readWrite).run(sql)
  }

  private func value(of sql: String, in path: String) throws -> String? {
    try SQLiteDatabase(path: path + "/spool.db", mode: .readWrite).value(of: sql)
  }

  /// A spool of version 1 with messages 1 to `count`, and one that was set aside.
  private func fillVersion1(_ path: String, _ count: Int) throws {
    let rows = (1...count).map { "(\($0), 0, 0, 1, 0, 'devices/dev/up', x'0102')" }.joined(separator: ", ")
    try run("\(Self.version1) INSERT INTO spool VALUES \(rows);", in: path)
    try run("INSERT INTO set_aside VALUES (1, 0, 'poison', 1, 0, 'devices/dev/up', x'01')", in: path)
  }

  @Test func `properties come back as they went, over a restart too`() async throws {
    let messages = [
      try make(1, []),
      try make(
        2,
        [
          .userProperty(name: "k", value: "v"), .contentType("ä"), .responseTopic(try Topic("r/t")),
          .correlationData([0, 255]), .payloadFormatIndicator(1), .userProperty(name: "k", value: "v"),
        ]),
    ]
    try await withTemporaryDirectory { path in
      try await withSpool(in: path) { spool in
        try await spool.append(messages)
        #expect(try await spool.read().messages == messages)
        #expect(spool.statistics.bytes == messages.reduce(0) { $0 + $1.byteCount })
      }
      try await withSpool(in: path) { spool in
        let again = try await spool.read().messages
        #expect(again == messages)
        #expect(spool.contents.bytes == messages.reduce(0) { $0 + $1.byteCount })
      }
    }
  }

  @Test func `an expiry interval is what is left of it, and perhaps nothing`() async throws {
    try await withTemporaryDirectory { path in
      try await withSpool(in: path) { spool in
        try await spool.append(try (1...2).map { try make($0, [.messageExpiryInterval(60)]) } + [make(3, [])])
      }
      // As if they had been stored 20 seconds and 2 minutes ago.
      try run("UPDATE spool SET stored_at = stored_at - 20000 WHERE sequence = 1", in: path)
      try run("UPDATE spool SET stored_at = stored_at - 120000 WHERE sequence = 2", in: path)
      try await withSpool(in: path) { spool in
        let messages = try await spool.read().messages
        #expect(messages.count == 3)
        let left = try #require(messages.first?.message.properties.expiryInterval)
        #expect(left <= 40 && left > 0)
        #expect(messages[1].message.properties == [.messageExpiryInterval(0)])
        #expect(messages[2].message.properties == [])
      }
    }
  }

  @Test func `properties are set aside with their message`() async throws {
    try await withTemporaryDirectory { path in
      try await withSpool(in: path) { spool in
        let message = try make(1, [.contentType("c")])
        try await spool.append([message])
        spool.setAside(message, reason: "poison")
        _ = try await spool.read()
      }
      #expect(try value(of: "SELECT hex(properties) FROM set_aside", in: path) == "03000163")
    }
  }

  @Test func `a file of version 1 is taken over`() async throws {
    try await withTemporaryDirectory { path in
      try fillVersion1(path, 3)
      try await withSpool(in: path) { spool in
        #expect(spool.contents.messages == 3)
        #expect(spool.statistics.setAside == 1)
        try await spool.append([try make(4, [.contentType("c")])])
        let messages = try await spool.read().messages
        #expect(messages.map(\.sequence) == [1, 2, 3, 4])
        #expect(messages.map(\.message.properties) == [[], [], [], [.contentType("c")]])
        #expect(messages.first?.message.payload == [1, 2])
        spool.setAside(messages[3], reason: "poison")
        _ = try await spool.read()
        #expect(spool.statistics.setAside == 2)
      }
      #expect(try value(of: "PRAGMA user_version", in: path) == "2")
      try await withSpool(in: path) { #expect($0.contents.messages == 3) }
    }
  }

  @Test func `a damaged file of version 1 gives up what can be read of it`() async throws {
    try await withTemporaryDirectory { path in
      try fillVersion1(path, 5_000)
      let file = try FileHandle(forUpdating: URL(fileURLWithPath: path + "/spool.db"))
      try file.seek(toOffset: 33 * 4_096)
      try file.write(contentsOf: Data(repeating: 0xa5, count: 4_096))
      try file.close()
      let events = EventList()
      try await withSpool(in: path, events: events) { spool in
        #expect(events.all.count == 1)
        #expect((4_500..<5_000).contains(spool.contents.messages))
        let messages = try await spool.read().messages
        #expect(messages.count == spool.contents.messages)
      }
    }
  }
}
