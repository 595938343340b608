import Devices
import Foundation
import Model
import Platform
import TestSupport
import Testing

/// Changing devices.d.
struct EditTests {
  @Test func `adds a device as a file that only its owner reads`() async throws {
    try await withDevices { directory in
      let device = try Device.make("a", key: Keys.first)
      try directory.add(device)
      let text = try String(contentsOfFile: "\(directory.path)/a.yaml", encoding: .utf8)
      #expect(text == "key: \"\(Keys.first)\"\n")
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory.path)/a.yaml")
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      let (table, problems) = try directory.load()
      #expect(table.device("a")?.key.hex == Keys.first)
      #expect(problems.isEmpty)
    }
  }

  @Test func `writes every field so that it is read back`() async throws {
    var device = try Device.make("a", identity: "it's \"me\"\\ ~ #1: \u{fc}\u{2028}")
    device.next = Credential(identity: [0, 0xff], key: PresharedKey.random())
    device.isEnabled = false
    device.protocol = .lines
    device.tls = .tls12
    device.from = [try AddressRange("192.0.2.0/24"), try AddressRange("2001:db8::1")]
    device.sessions = .perClientID(maximum: 7)
    device.labels = ["": "", "a b": "true", "\u{0}\u{7f}\u{85}\u{feff}": "- x\n\ty"]
    device.labels[""] = nil
    device.topics = .verbatim
    device.publish = [try TopicFilter("%i/+/#"), try TopicFilter("a \"b\"")]
    device.subscribe = []
    device.quota = Quota(messagesPerSecond: 1, payloadBytes: 2)
    device.ack = true
    device.rotation = .push
    device.acceptsWeakKey = true
    try await withDevices { directory in
      try directory.add(device)
      let (table, problems) = try directory.load()
      #expect(problems.isEmpty)
      let read = try #require(table.device("a"))
      #expect(read.identity == device.identity && read.key.isEqual(to: device.key))
      #expect(read.next?.identity == [0, 0xff] && read.next?.key.hex == device.next?.key.hex)
      #expect(read.isEnabled == device.isEnabled && read.protocol == device.protocol && read.tls == device.tls)
      #expect(read.from == device.from && read.sessions == device.sessions && read.labels == device.labels)
      #expect(read.topics == device.topics && read.publish == device.publish && read.subscribe == device.subscribe)
      #expect(read.quota == device.quota && read.ack == device.ack && read.rotation == device.rotation)
      #expect(read.acceptsWeakKey)
    }
  }

  private static let identities: [[UInt8]] = [
    Array("-".utf8), Array("~".utf8), Array("null".utf8), Array("*a".utf8), Array(" a ".utf8), Array("%TAG".utf8),
    Array("\u{1f600}".utf8), [0xed, 0xa0, 0x80], [0x0a], [0], Array(repeating: 0xff, count: 256),
  ]

  @Test(arguments: identities)
  func `writes any identity so that it is read back`(identity: [UInt8]) async throws {
    try await withDevices { directory in
      try directory.add(Device(id: try DeviceID("a"), identity: identity, key: PresharedKey.random()))
      let table = try directory.load().table
      #expect(table.device("a")?.identity == identity)
    }
  }

  @Test func `refuses an id or an identity that is taken`() async throws {
    let files = [
      "a.yaml": "key: \"\(Keys.first)\"\nnext: {identity: a2, key: \"\(Keys.second)\"}", "f.psk": "b c:\(Keys.third)",
    ]
    try await withDevices(files) { directory in
      let file = Source(kind: .file, path: "\(directory.path)/a.yaml", line: 1)
      let line = Source(kind: .bundle, path: "\(directory.path)/f.psk", line: 1)
      let a = try DeviceID("a")
      let bc = try DeviceID("b%20c")
      let device = try Device.make("x")
      #expect(throws: DevicesError.deviceExists(a, at: file)) { try directory.add(.make("a", identity: "new")) }
      #expect(throws: DevicesError.deviceExists(bc, at: line)) { try directory.add(.make("b%20c", identity: "new")) }
      #expect(throws: DevicesError.identityTaken(identity: "a2", by: a, at: file)) {
        try directory.add(.make("x", identity: "a2"))
      }
      #expect(throws: DevicesError.identityTaken(identity: "b%20c", by: bc, at: line)) {
        var device = device
        device.next = Credential(identity: Array("b c".utf8), key: PresharedKey.random())
        try directory.add(device)
      }
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == [".lock", "a.yaml", "f.psk"])
    }
  }

  @Test func `leaves a broken file of that name alone`() async throws {
    try await withDevices(["a.yaml": "mine: [\n"]) { directory in
      #expect(throws: DevicesError.fileExists(path: "\(directory.path)/a.yaml")) { try directory.add(.make("a")) }
      let text = try String(contentsOfFile: "\(directory.path)/a.yaml", encoding: .utf8)
      #expect(text == "mine: [\n")
    }
  }

  @Test func `writes nothing that it could not read`() async throws {
    try await withDevices { directory in
      let weak = Device(id: try DeviceID("a"), key: PresharedKey.random(byteCount: 8))
      let nobody = Device(id: try DeviceID("a"), identity: [], key: PresharedKey.random())
      for device in [weak, nobody] {
        let error = #expect(throws: DevicesError.self) { try directory.add(device) }
        guard case .unusable(let problem) = error else { throw NeverMind() }
        #expect(problem.path == "\(directory.path)/a.yaml")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [".lock"])
    }
  }

  @Test func `writes no file that is too long to be read`() async throws {
    var device = try Device.make("a")
    for number in 0..<300 { device.labels["label-\(number)"] = String(repeating: "x", count: 256) }
    try await withDevices { directory in
      let error = #expect(throws: DevicesError.self) { try directory.add(device) }
      #expect(error?.description == "\(directory.path)/a.yaml:1: error: is longer than 65536 bytes")
    }
  }

  @Test func `changes nothing where there is no directory`() {
    let directory = DeviceDirectory(path: "/nonexistent")
    #expect(throws: DevicesError.system(SystemError("open /nonexistent", code: ENOENT))) {
      try directory.remove(DeviceID("a"))
    }
  }

  @Test func `removes a device with its file`() async throws {
    try await withDevices(["a.yaml": "key: \"\(Keys.first)\"", "b.yaml": "key: \"\(Keys.second)\""]) { directory in
      try directory.remove(DeviceID("a"))
      #expect(try directory.load().table.ids == ["b"])
      #expect(throws: DevicesError.unknownDevice(try DeviceID("a"))) { try directory.remove(DeviceID("a")) }
    }
  }

  @Test func `removes a device whose file is broken`() async throws {
    try await withDevices(["a.yaml": "?"]) { directory in
      try directory.remove(DeviceID("a"))
      #expect(try directory.problems().isEmpty)
    }
  }

  @Test func `removes every line and file that has the id, and nothing else`() async throws {
    let files = [
      "a.psk": "# first\r\nb c:\(Keys.first)\r\nd:\(Keys.second)", "b.psk": " b c : broken\nb%20c:\(Keys.third)\n",
      "b%20c.yaml": "key: \"\(Keys.random())\"", "c.psk": "bc:\(Keys.random())",
    ]
    try await withDevices(files) { directory in
      let untouched = try Inode("\(directory.path)/c.psk")
      try directory.remove(DeviceID("b%20c"))
      #expect(try String(contentsOfFile: "\(directory.path)/a.psk", encoding: .utf8) == "# first\r\nd:\(Keys.second)\n")
      #expect(try String(contentsOfFile: "\(directory.path)/b.psk", encoding: .utf8) == "b%20c:\(Keys.third)\n")
      #expect(try Inode("\(directory.path)/c.psk") == untouched)
      #expect(try directory.load().table.ids == ["b%2520c", "bc", "d"])
    }
  }

  @Test func `says when a bundle that cannot be read may hold the device`() async throws {
    try await withDevices(["a.yaml": "key: \"\(Keys.first)\""]) { directory in
      try SpecialFiles.makePipe("\(directory.path)/f.psk")
      #expect(throws: DevicesError.self) { try directory.remove(DeviceID("a")) }
      #expect(!FileManager.default.fileExists(atPath: "\(directory.path)/a.yaml"))
    }
  }

  @Test func `an editor knows its own changes`() async throws {
    try await withDevices { directory in
      let (a, b) = (try Device.make("a"), try Device.make("b", identity: "a"))
      try directory.edit { editor throws(DevicesError) in
        try editor.add(a)
        #expect(editor.device(a.id)?.identity == a.identity)
        #expect(throws: DevicesError.self) { try editor.add(a) }
        #expect(throws: DevicesError.self) { try editor.add(b) }
        try editor.remove(a.id)
        try editor.add(b)
      }
      #expect(try directory.load().table.ids == ["b"])
    }
  }
}

private struct NeverMind: Error {}

/// Which file is behind a name.
private struct Inode: Equatable {
  let number: Int?

  init(_ path: String) throws {
    number = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
  }
}
