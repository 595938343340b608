import Devices
import Foundation
import Model
import TestSupport
import Testing

/// Two credentials for a while, then one.
struct RotationTests {
  private let id: DeviceID

  init() throws { id = try DeviceID("a") }

  private static let since = Date(timeIntervalSince1970: 1_800_000_000)
  private static let first = "key: \"\(Keys.first)\""
  private static let next = "next:\n  identity: \"a~2\"\n  key: \"\(Keys.second)\"\n  since: \"2027-01-15T08:00:00Z\"\n"
  private static let done = "identity: \"a~2\"\nkey: \"\(Keys.second)\""

  /// A file, the file with a rotation, and the file when it is finished.
  private static let files: [(before: String, during: String, after: String)] = [
    ("\(first)\n", "\(first)\n\(next)", "\(done)\n"),
    (first, "\(first)\n\(next)", "\(done)\n"),
    (
      "# mine\n\(first) # random\n\n# policies\nack: true\n",
      "# mine\n\(first) # random\n\n# policies\nack: true\n\(next)",
      "# mine\n\(done) # random\n\n# policies\nack: true\n"
    ),
    (
      "\(first)\nidentity: 'it' # says the label\nlabels:\n  key: \"\(Keys.third)\"\n",
      "\(first)\nidentity: 'it' # says the label\nlabels:\n  key: \"\(Keys.third)\"\n\(next)",
      "key: \"\(Keys.second)\"\nidentity: \"a~2\" # says the label\nlabels:\n  key: \"\(Keys.third)\"\n"
    ),
    (
      "identity_hex: \"00ff\"\n\(first)\n", "identity_hex: \"00ff\"\n\(first)\n\(next)", "\(done)\n"
    ),
    // What cannot be edited is written anew.
    ("{\(first), ack: true}\n", "\(first)\n\(next)ack: true\n", "\(done)\nack: true\n"),
    ("\(first)\nack: true\n...\n", "\(first)\n\(next)ack: true\n", "\(done)\nack: true\n"),
  ]

  @Test(arguments: files)
  func `a rotation changes nothing else in a file`(before: String, during: String, after: String) async throws {
    try await withDevices(["a.yaml": before]) { directory in
      let device = try rotate(directory)
      #expect(try text(of: "a", in: directory) == during)
      #expect(try directory.load().problems.isEmpty)
      #expect(try directory.load().table.device("a")?.nextSince == Self.since)
      let fingerprint = try #require(RotationFingerprint(of: device))
      guard case .written = directory.finish([device.id: fingerprint])[device.id] else {
        Issue.record("not written")
        return
      }
      #expect(try text(of: "a", in: directory) == after)
      #expect(try permissions(of: "a", in: directory) == 0o600)
    }
  }

  @Test func `a rotation that is given up leaves what was there`() async throws {
    let text = "# mine\n\(Self.first)\n# end\n"
    try await withDevices(["a.yaml": text]) { directory in
      try cancel(try rotate(directory), in: directory)
      #expect(try self.text(of: "a", in: directory) == text)
    }
  }

  @Test func `a rotation that is over, or another, is not given up`() async throws {
    try await withDevices(["a.yaml": Self.first]) { directory in
      let first = try rotate(directory)
      try cancel(first, in: directory)
      #expect(throws: DevicesError.notRotating(id)) { try cancel(first, in: directory) }
      try rotate(directory, key: Keys.third)
      let text = try text(of: "a", in: directory)
      #expect(throws: DevicesError.changedMeanwhile(path: "\(directory.path)/a.yaml")) {
        try cancel(first, in: directory)
      }
      #expect(try self.text(of: "a", in: directory) == text)
      try directory.remove(id)
      #expect(throws: DevicesError.unknownDevice(id)) { try cancel(first, in: directory) }
    }
  }

  @Test func `comments inside of a rotation go with it, those behind it stay`() async throws {
    let file = "\(Self.first)\nnext:\n# soon\n\n  key: \"\(Keys.second)\" # new\n\n# end\nack: true\n"
    try await withDevices(["a.yaml": file]) { directory in
      try cancel(try #require(directory.load().table.device("a")), in: directory)
      #expect(try text(of: "a", in: directory) == "\(Self.first)\n\n# end\nack: true\n")
    }
  }

  @Test func `identities are numbered, and none comes back with another key`() async throws {
    try await withDevices(["a.yaml": Self.first]) { directory in
      var given: [[UInt8]] = []
      for round in 0..<8 {
        // Replaced, given up or finished: the identity was given out with its key.
        let device = try rotate(directory, to: .derived, key: Keys.random(), atOnce: round % 2 == 1)
        given.append((device.next ?? device.credential).identity)
        if round == 2 || round == 4 { try cancel(device, in: directory) }
        if round == 6 { _ = directory.finish([id: try #require(RotationFingerprint(of: device))]) }
      }
      #expect(given.allSatisfy { String(decoding: $0, as: UTF8.self).wholeMatch(of: /a~[0-9]{6,7}/) != nil })
      #expect(Set(given).count == given.count)
      #expect(try directory.load().problems.isEmpty)
    }
  }

  @Test func `a number that is taken is left out`() throws {
    let device = try Device.make("x")
    var asked: [[UInt8]] = []
    let next = device.nextIdentity {
      asked.append($0)
      return asked.count < 4
    }
    let numbers = asked.compactMap { Int(String(decoding: $0.dropFirst(2), as: UTF8.self)) }
    #expect(next == asked.last && numbers == Array(numbers[0]..<numbers[0] + 4))
  }

  @Test func `an entry of a bundle becomes a file`() async throws {
    try await withDevices(["f.psk": "x:\(Keys.first)\na:\(Keys.third)\n"]) { directory in
      try rotate(directory)
      #expect(try text(of: "a", in: directory) == "key: \"\(Keys.third)\"\n\(Self.next)")
      let rest = try String(contentsOfFile: "\(directory.path)/f.psk", encoding: .utf8)
      #expect(rest == "x:\(Keys.first)\n")
    }
  }

  @Test func `two keys under one identity`() async throws {
    try await withDevices(["a.yaml": Self.first]) { directory in
      try rotate(directory, to: .kept)
      let table = try directory.load().table
      #expect(table.credential(for: "a")?.key.hex == Keys.first)
      #expect(table.credential(for: "a")?.nextKey?.hex == Keys.second)
      #expect(try rotate(directory, to: .kept, key: Keys.third, atOnce: true).identity == Array("a".utf8))
      #expect(try text(of: "a", in: directory) == "key: \"\(Keys.third)\"\n")
    }
  }

  @Test func `what must not be is refused, and nothing is changed`() async throws {
    try await withDevices(["a.yaml": Self.first, "b.yaml": "key: \"\(Keys.third)\""]) { directory in
      #expect(throws: DevicesError.keyInUse(id)) { try rotate(directory, key: Keys.first) }
      #expect(throws: DevicesError.identityInUse(id, identity: "a")) {
        try rotate(directory, to: .named(Array("a".utf8)))
      }
      #expect(throws: DevicesError.self) { try rotate(directory, to: .named(Array("b".utf8))) }
      #expect(try text(of: "a", in: directory) == Self.first)
      try rotate(directory)
      #expect(throws: DevicesError.rotationUnderWay(id, to: "a~2", since: Self.since)) {
        try rotate(directory, key: Keys.third)
      }
    }
  }

  /// What somebody else did to the file between the device's move and the gateway's writing.
  @Test(arguments: [nil, "\(first)\n", "\(first)\nnext:\n  key: \"\(Keys.third)\"\n"])
  func `another change of the file wins`(_ change: String?) async throws {
    try await withDevices(["a.yaml": Self.first]) { directory in
      let fingerprint = try #require(RotationFingerprint(of: try rotate(directory)))
      let path = "\(directory.path)/a.yaml"
      if let change { try directory.put(change, "a.yaml") } else { try FileManager.default.removeItem(atPath: path) }
      guard case .gone = directory.finish([id: fingerprint])[id] else {
        Issue.record("not gone")
        return
      }
      #expect(FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } == change)
    }
  }

  @Test func `a file that cannot be used is left alone until it is mended`() async throws {
    try await withDevices(["a.yaml": Self.first]) { directory in
      let fingerprint = try #require(RotationFingerprint(of: try rotate(directory)))
      try directory.put("key: [", "a.yaml")
      guard case .failed(.unusable) = directory.finish([id: fingerprint])[id] else {
        Issue.record("not failed")
        return
      }
      #expect(try text(of: "a", in: directory) == "key: [")
    }
  }

  @Test func `a table is made with the rotations that are known to be finished`() async throws {
    try await withDevices(["a.yaml": Self.first, "b.yaml": "key: \"\(Keys.third)\"\n"]) { directory in
      let fingerprint = RotationFingerprint(of: try rotate(directory))
      let table = try directory.load(adjusting: { RotationFingerprint(of: $0) == fingerprint ? $0.rotated : nil }).table
      #expect(table.credential(for: "a") == nil)
      let match = try #require(table.credential(for: "a~2"))
      #expect(match.key.hex == Keys.second && match.slot == .current && match.device.next == nil)
      #expect(table.device("a")?.key.hex == Keys.second && table.ids == ["a", "b"])
    }
  }

  @Test(arguments: [
    "since: yesterday", "since: \"2027-01-15\"", "since: 99999999999999999999-01-01T00:00:00Z", "since: [1]",
    "since: \"\"",
  ])
  func `a time that is none is refused`(_ since: String) async throws {
    try await withDevices(["a.yaml": "\(Self.first)\nnext:\n  key: \"\(Keys.second)\"\n  \(since)\n"]) { directory in
      let problems = try directory.problems()
      #expect(problems.count == 1)
      #expect(problems.first?.hasPrefix("a.yaml:4: error: since is not") == true)
    }
  }

  @Test func `the name of a rotation tells it from all others`() throws {
    let (a, b) = (try DeviceID("a"), try DeviceID("b"))
    let (one, other) = (try Device.make("x").key, try Device.make("x").key)
    let names = [
      RotationFingerprint(a, [1], one), RotationFingerprint(a, [1], other), RotationFingerprint(a, [2], one),
      RotationFingerprint(b, [1], one),
    ]
    #expect(Set(names).count == 4)
    #expect(names.allSatisfy { RotationFingerprint($0.text) == $0 })
    #expect(RotationFingerprint("") == nil && RotationFingerprint(String(repeating: "x", count: 32)) == nil)
  }

  // MARK: What all of them do

  @discardableResult private func rotate(
    _ directory: DeviceDirectory, to identity: RotationIdentity = .named(Array("a~2".utf8)), key: String = Keys.second,
    atOnce: Bool = false
  ) throws -> Device {
    let secret = try Device.make("x", key: key).key
    return try directory.edit { editor throws(DevicesError) in
      try editor.rotate(id, to: identity, key: secret, since: Self.since, atOnce: atOnce)
    }
  }

  private func cancel(_ device: Device, in directory: DeviceDirectory) throws {
    let fingerprint = try #require(RotationFingerprint(of: device))
    try directory.edit { editor throws(DevicesError) in try editor.cancelRotation(of: id, fingerprint) }
  }

  private func text(of name: String, in directory: DeviceDirectory) throws -> String {
    try String(contentsOfFile: "\(directory.path)/\(name).yaml", encoding: .utf8)
  }

  private func permissions(of name: String, in directory: DeviceDirectory) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: "\(directory.path)/\(name).yaml")[.posixPermissions] as? Int
  }
}
