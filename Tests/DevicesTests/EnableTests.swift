import Devices
import Foundation
import Model
import TestSupport
import Testing

/// Disabling and enabling, and other changes to a device that is there.
struct EnableTests {
  private static let key = "key: \"\(Keys.first)\""
  private static let cases: [(before: String, after: String)] = [
    ("\(key)\n", "\(key)\nenabled: false\n"),
    (key, "\(key)\nenabled: false\n"),
    ("# mine\n\(key) # random\n\n# end\n", "# mine\n\(key) # random\n\n# end\nenabled: false\n"),
    ("enabled: true # for now\n\(key)\n", "enabled: false # for now\n\(key)\n"),
    ("\(key)\nenabled:   true\nack: true\n", "\(key)\nenabled:   false\nack: true\n"),
    ("\"enabled\": true\r\n\(key)\r\n", "\"enabled\": false\r\n\(key)\r\n"),
    // What cannot be edited is written anew.
    ("{\(key), ack: true}\n", "\(key)\nenabled: false\nack: true\n"),
    ("\(key)\nlabels: {\u{fc}: b}\nenabled:\n  true\n", "\(key)\nlabels: {\u{fc}: b}\nenabled:\n  false\n"),
    ("\(key)\n...\n", "\(key)\nenabled: false\n"),
  ]

  @Test(arguments: cases)
  func `disabling changes nothing else in a file`(before: String, after: String) async throws {
    try await withDevices(["a.yaml": before]) { directory in
      try directory.setEnabled(false, of: DeviceID("a"))
      #expect(try String(contentsOfFile: "\(directory.path)/a.yaml", encoding: .utf8) == after)
      #expect(try directory.load().table.device("a")?.isEnabled == false)
      try directory.setEnabled(true, of: DeviceID("a"))
      #expect(try directory.load().table.device("a")?.isEnabled == true)
    }
  }

  @Test func `a device that is as wanted is not written`() async throws {
    try await withDevices(["a.yaml": "\(Self.key)\n", "f.psk": "b:\(Keys.second)"]) { directory in
      try directory.setEnabled(true, of: DeviceID("a"))
      try directory.setEnabled(true, of: DeviceID("b"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).count == 3)
      #expect(throws: DevicesError.unknownDevice(try DeviceID("c"))) {
        try directory.setEnabled(true, of: DeviceID("c"))
      }
    }
  }

  @Test func `a disabled entry of a bundle becomes a file`() async throws {
    let bundle = "# fleet\nx:\(Keys.first)\na b:\(Keys.second)\ny:\(Keys.third)\n"
    try await withDevices(["f.psk": bundle, "g.psk": "a b:\(Keys.second)\n"]) { directory in
      try directory.setEnabled(false, of: DeviceID("a%20b"))
      let (table, problems) = try directory.load()
      #expect(problems.isEmpty)
      let device = try #require(table.device("a%20b"))
      #expect(device.source?.path == "\(directory.path)/a%20b.yaml")
      #expect(device.identity == Array("a b".utf8) && device.key.hex == Keys.second && !device.isEnabled)
      #expect(table.ids == ["a%20b", "x", "y"])
      let rest = try String(contentsOfFile: "\(directory.path)/f.psk", encoding: .utf8)
      #expect(rest == "# fleet\nx:\(Keys.first)\ny:\(Keys.third)\n")
    }
  }

  @Test func `a device is changed, but keeps its id`() async throws {
    try await withDevices(["a.yaml": Self.key, "b.yaml": "key: \"\(Keys.second)\""]) { directory in
      let (a, other) = (try DeviceID("a"), try DeviceID("other"))
      let next = Credential(identity: Array("a2".utf8), key: PresharedKey.random())
      try directory.edit { editor throws(DevicesError) in
        try editor.update(a) {
          $0.id = other
          $0.next = next
        }
        #expect(throws: DevicesError.self) { try editor.update(a) { $0.credential.identity = Array("b".utf8) } }
        #expect(throws: DevicesError.self) { try editor.update(other) { _ in } }
        try editor.update(a) { $0.labels["site"] = "north" }
      }
      let table = try directory.load().table
      #expect(table.ids == ["a", "b"])
      #expect(table.credential(for: "a2")?.key.hex == next.key.hex)
      #expect(table.device(a)?.labels == ["site": "north"])
    }
  }
}

/// Bundles that are written.
struct BundleWritingTests {
  @Test func `writes a bundle that is read back`() async throws {
    let identities = ["one", "t w o", "M\u{fc}nchen", String(repeating: "x", count: 256), "a%20b"]
    let credentials = identities.map { Credential(identity: Array($0.utf8), key: PresharedKey.random()) }
    try await withDevices { directory in
      try directory.edit { editor throws(DevicesError) in try editor.addBundle(named: "fleet", credentials) }
      let (table, problems) = try directory.load()
      #expect(problems.isEmpty)
      #expect(table.map(\.identity) == credentials.map(\.identity))
      #expect(zip(table, credentials).allSatisfy { $0.key.isEqual(to: $1.key) })
    }
  }

  private static let bad: [(identity: String, byteCount: Int)] = [
    ("a:b", 32), ("#a", 32), (" a", 32), ("a\r", 32), ("a\nb", 32), ("", 32), ("a", 15), ("a", 65),
    (String(repeating: "x", count: 257), 32),
  ]

  @Test(arguments: bad)
  func `refuses what would not be read back`(identity: String, byteCount: Int) async throws {
    let good = Credential(identity: Array("good".utf8), key: PresharedKey.random())
    let bad = Credential(identity: Array(identity.utf8), key: PresharedKey.random(byteCount: byteCount))
    try await withDevices { directory in
      try directory.edit { editor throws(DevicesError) in
        #expect(throws: DevicesError.self) { try editor.addBundle(named: "fleet", [good, bad]) }
        // The first is not taken for added.
        #expect(editor.device(good.identity) == nil)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [".lock"])
    }
  }

  @Test func `refuses identities that are taken, names that are none, and files that are there`() async throws {
    try await withDevices(["a.yaml": "key: \"\(Keys.first)\"", "f.psk": ""]) { directory in
      let (a, b) = (
        Credential(identity: Array("a".utf8), key: PresharedKey.random()),
        Credential(identity: Array("b".utf8), key: PresharedKey.random())
      )
      try directory.edit { editor throws(DevicesError) in
        #expect(throws: DevicesError.self) { try editor.addBundle(named: "g", [b, a]) }
        #expect(throws: DevicesError.self) { try editor.addBundle(named: "g", [b, b]) }
        #expect(throws: DevicesError.fileExists(path: "\(directory.path)/f.psk")) {
          try editor.addBundle(named: "f", [b])
        }
        for name in ["", ".f", "a/b", "../f"] {
          #expect(throws: DevicesError.invalidBundleName(name)) { try editor.addBundle(named: name, [b]) }
        }
        try editor.addBundle(named: "g", [b])
      }
      #expect(try directory.load().table.ids == ["a", "b"])
    }
  }
}

extension DeviceEditor {
  /// The device that would have this identity as its id.
  fileprivate func device(_ identity: [UInt8]) -> Device? {
    (try? DeviceID(bundleIdentity: identity.span)).flatMap { device($0) }
  }
}
