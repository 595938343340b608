import Devices
import Model
import Platform
import TestSupport
import Testing

/// What a `NAME.yaml` can say.
struct DeviceFileTests {
  @Test func `a key alone makes a device`() async throws {
    try await withDevices(["meter-1.yaml": "key: \"\(Keys.first)\"\n"]) { directory in
      let (table, problems) = try directory.load()
      #expect(problems.isEmpty)
      let device = try #require(table.device("meter-1"))
      #expect(device.identity == Array("meter-1".utf8))
      #expect(device.key.hex == Keys.first)
      #expect(device.next == nil)
      #expect(device.isEnabled)
      #expect(device.protocol == .auto)
      #expect(device.tls == .any)
      #expect(device.from.isEmpty)
      #expect(device.sessions == .one)
      #expect(device.labels.isEmpty)
      #expect(device.topics == nil && device.publish == nil && device.subscribe == nil)
      #expect(device.quota == Quota())
      #expect(!device.ack && device.rotation == .manual && !device.acceptsWeakKey)
      #expect(device.source == Source(kind: .file, path: "\(directory.path)/meter-1.yaml", line: 1))
    }
  }

  @Test func `every field is taken`() async throws {
    let text = """
      # A gateway in the cellar.
      identity: "cellar #1"
      key: "\(Keys.first)"
      next:
        identity_hex: 00ff3a
        key: "\(Keys.second)"
      enabled: false
      protocol: mqtt
      tls: "1.3"
      from: [192.0.2.0/24, "2001:db8::/32", 203.0.113.7]
      sessions: per-client-id
      max_sessions: 12
      labels: {site: north, floor: -1, "odd name": "a: b"}
      topics: verbatim
      publish:
        - site/%i/#
        - state/+/on
      subscribe: []
      quota: {messages_per_second: 10, bytes_per_second: 4096, payload_bytes: 1024}
      ack: true
      rotation: push
      weak_key: accepted
      """
    try await withDevices(["cellar.yaml": text]) { directory in
      let (table, problems) = try directory.load()
      #expect(problems.isEmpty)
      let device = try #require(table.device("cellar"))
      #expect(device.identity == Array("cellar #1".utf8))
      #expect(device.next?.identity == [0x00, 0xff, 0x3a])
      #expect(device.next?.key.hex == Keys.second)
      #expect(!device.isEnabled)
      #expect(device.protocol == .mqtt)
      #expect(device.tls == .tls13)
      #expect(device.from.map(\.description) == ["192.0.2.0/24", "2001:db8::/32", "203.0.113.7/32"])
      #expect(device.sessions == .perClientID(maximum: 12))
      #expect(device.labels == ["site": "north", "floor": "-1", "odd name": "a: b"])
      #expect(device.topics == .verbatim)
      #expect(device.publish?.map(\.pattern) == ["site/%i/#", "state/+/on"])
      #expect(device.subscribe?.isEmpty == true)
      #expect(device.quota == Quota(messagesPerSecond: 10, bytesPerSecond: 4096, payloadBytes: 1024))
      #expect(device.ack && device.rotation == .push && device.acceptsWeakKey)
      #expect(device.source?.line == 2)
    }
  }

  private static let identities: [(line: String, identity: [UInt8])] = [
    ("identity: dev-000001", Array("dev-000001".utf8)),
    ("identity: 123", Array("123".utf8)),
    ("identity: 1e3", Array("1e3".utf8)),
    ("identity: true", Array("true".utf8)),
    ("identity: \"a\\0b\"", [0x61, 0, 0x62]),
    ("identity: 'M\u{fc}nchen'", Array("M\u{fc}nchen".utf8)),
    ("identity: 2024-01-01", Array("2024-01-01".utf8)),
    ("identity_hex: 0011", [0, 0x11]),
    ("identity_hex: \"A0b1\"", [0xa0, 0xb1]),
    ("identity: \(String(repeating: "x", count: 256))", Array(repeating: UInt8(ascii: "x"), count: 256)),
  ]

  @Test(arguments: identities)
  func `an identity is its text, whatever it looks like`(line: String, identity: [UInt8]) async throws {
    try await withDevices(["a.yaml": "\(line)\nkey: \"\(Keys.first)\""]) { directory in
      let (table, problems) = try directory.load()
      #expect(problems.isEmpty)
      #expect(table.device("a")?.identity == identity)
      #expect(table.credential(for: identity.span)?.key.hex == Keys.first)
    }
  }

  @Test(arguments: [
    "key: '\(Keys.first)'",
    "\u{feff}key: \"\(Keys.first)\"",
    "--- # one document\nkey: \"\(Keys.first.uppercased())\"\n...\n",
    "{\"key\": \"\(Keys.first)\"}",
    "key: \"\(Keys.first)\"\r\nenabled: true\r\n",
    "# & and * alone are text\nlabels: {a: \"R&D *now*\"}\nkey: \"\(Keys.first)\"",
    "key: &mine \"\(Keys.first)\"",
  ])
  func `YAML in any of its ways`(text: String) async throws {
    try await withDevices(["a.yaml": text]) { directory in
      let (table, problems) = try directory.load()
      #expect(problems.isEmpty)
      #expect(table.device("a")?.key.hex == Keys.first)
    }
  }

  @Test(arguments: [(16, nil), (64, nil), (1, "accepted"), (15, "accepted")] as [(Int, String?)])
  func `keys as long as allowed`(byteCount: Int, weak: String?) async throws {
    let key = Keys.random(byteCount: byteCount)
    let text = "key: \"\(key)\"\n" + (weak.map { "weak_key: \($0)\n" } ?? "")
    try await withDevices(["a.yaml": text]) { directory in
      let table = try directory.load().table
      #expect(table.device("a")?.key.hex == key)
    }
  }

  @Test func `two keys under one identity are found together`() async throws {
    let text = "key: \"\(Keys.first)\"\nnext: {key: \"\(Keys.second)\"}"
    try await withDevices(["a.yaml": text]) { directory in
      let match = try #require(try directory.load().table.credential(for: "a"))
      #expect(match.slot == .current)
      #expect(match.key.hex == Keys.first)
      #expect(match.nextKey?.hex == Keys.second)
    }
  }

  @Test func `a next identity is found on its own`() async throws {
    let text = "key: \"\(Keys.first)\"\nnext: {identity: a2, key: \"\(Keys.second)\"}"
    try await withDevices(["a.yaml": text]) { directory in
      let table = try directory.load().table
      #expect(table.credential(for: "a")?.nextKey == nil)
      let match = try #require(table.credential(for: "a2"))
      #expect(match.device.id.name == "a")
      #expect(match.slot == .next)
      #expect(match.key.hex == Keys.second)
      #expect(match.nextKey == nil)
    }
  }

  @Test func `numbers, dots and percent signs name devices`() async throws {
    let names = ["1", "a.b", "a..yaml", "A-b_c", "a%20b", String(repeating: "x", count: 64)]
    let files = Dictionary(uniqueKeysWithValues: names.map { ("\($0).yaml", "key: \"\(Keys.random())\"") })
    try await withDevices(files) { directory in
      let (table, problems) = try directory.load()
      #expect(problems.isEmpty)
      #expect(table.ids == names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }
  }
}
