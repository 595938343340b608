import Devices
import Foundation
import Model
import TestSupport
import Testing

/// Editors and tools that do not know of the lock, and change a file between our reading and our writing.
struct RaceTests {
  private static let key = "key: \"\(Keys.first)\"\n"
  /// SHA-256 of a file with the third key.
  private static let digest = "1e8aff78f2d03e32831d1d3b75268c51dde4c051ecf6163273ef0f6b5703f89c"

  @Test func `an editor's change between reading and writing is kept`() async throws {
    try await withDevices(["a.yaml": Self.key]) { directory in
      let a = try DeviceID("a")
      var calls = 0
      try directory.edit { editor throws(DevicesError) in
        try editor.update(a) { device in
          calls += 1
          // An editor saves once, in the middle of the first try.
          if calls == 1 { save("\(Self.key)labels: {site: north}\n", "a.yaml", in: directory) }
          device.ack = true
        }
      }
      #expect(calls == 2)
      let device = try #require(try directory.load().table.device("a"))
      #expect(device.labels == ["site": "north"] && device.ack)
    }
  }

  @Test func `an editor's change before the reading is kept`() async throws {
    try await withDevices(["a.yaml": Self.key, "f.psk": "b:\(Keys.second)\n"]) { directory in
      try directory.edit { editor throws(DevicesError) in
        // What the editor's table knows is old by now.
        save("\(Self.key)labels: {site: north}\n", "a.yaml", in: directory)
        save("b:\(Keys.third)\n", "f.psk", in: directory)
        for id in ["a", "b"] { try editor.setEnabled(false, of: known(id)) }
      }
      let table = try directory.load().table
      #expect(table.device("a")?.labels == ["site": "north"] && table.device("a")?.isEnabled == false)
      #expect(table.device("b")?.key.hex == Keys.third && table.device("b")?.isEnabled == false)
    }
  }

  @Test(arguments: ["a", "b"])
  func `a file that never stays as it is is left alone, and told`(name: String) async throws {
    try await withDevices(["a.yaml": Self.key, "f.psk": "b:\(Keys.second)\n"]) { directory in
      let file = name == "a" ? "a.yaml" : "f.psk"
      var calls = 0
      var last = ""
      #expect(throws: DevicesError.changedMeanwhile(path: "\(directory.path)/\(file)")) {
        try directory.edit { editor throws(DevicesError) in
          try editor.update(known(name)) { device in
            calls += 1
            let comment = String(repeating: "#", count: calls) + "\n"
            last = name == "a" ? Self.key + comment : comment + "b:\(Keys.third)\n"
            save(last, file, in: directory)
            device.ack = true
          }
        }
      }
      #expect(calls == 5)
      let text = try String(contentsOfFile: "\(directory.path)/\(file)", encoding: .utf8)
      let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
      #expect(text == last && names == [".lock", "a.yaml", "f.psk"])
    }
  }

  @Test func `an entry whose line has gone meanwhile is unknown`() async throws {
    try await withDevices(["f.psk": "b:\(Keys.second)\n"]) { directory in
      #expect(throws: DevicesError.unknownDevice(known("b"))) {
        try directory.edit { editor throws(DevicesError) in
          save("# none\n", "f.psk", in: directory)
          try editor.setEnabled(false, of: known("b"))
        }
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
      #expect(names == [".lock", "f.psk"])
    }
  }

  @Test func `what a killed writer moved half is finished by the next`() async throws {
    let files = [
      "f.psk": "a:\(Keys.first)\nb:\(Keys.second)\n", "a.yaml": "key: \"\(Keys.third)\"\n",
      ".moving": "a \(Self.digest)\nb \(Self.digest)\n..\n",
    ]
    try await withDevices(files) { directory in
      #expect(try directory.load().problems.map(\.severity) == [.warning])
      try directory.add(.make("c"))
      #expect(try directory.load().problems.isEmpty)
      // b never became a file, so its line is all there is of it.
      #expect(try String(contentsOfFile: "\(directory.path)/f.psk", encoding: .utf8) == "b:\(Keys.second)\n")
      #expect(try directory.load().table.device("a")?.key.hex == Keys.third)
      #expect(!FileManager.default.fileExists(atPath: "\(directory.path)/.moving"))
    }
  }

  @Test(arguments: ["key: \"zz\"\n", key]) func `a line stays beside a file that it did not become`(
    text: String
  ) async throws {
    let files = ["f.psk": "a:\(Keys.second)\n", "a.yaml": text, ".moving": "a \(Self.digest)\n"]
    try await withDevices(files) { directory in
      try directory.add(.make("c"))
      #expect(try String(contentsOfFile: "\(directory.path)/f.psk", encoding: .utf8) == files["f.psk"])
      #expect(!FileManager.default.fileExists(atPath: "\(directory.path)/.moving"))
    }
  }

  @Test func `what an editor writes while an import is planned is kept`() async throws {
    try await withDevices(["a.yaml": Self.key, ".list": "a:\(Keys.second)\n"]) { directory in
      try importOver("\(Self.key)labels: {site: north}\nenabled: false\n", .psk, in: directory)
      let device = try #require(try directory.load().table.device("a"))
      #expect(device.key.hex == Keys.second && device.labels == ["site": "north"] && !device.isEnabled)
    }
  }

  @Test func `a record takes no place of what an editor has just written`() async throws {
    let list = "[{\"id\": \"a\", \"key\": \"\(Keys.second)\"}]"
    try await withDevices(["a.yaml": Self.key, ".list": list]) { directory in
      let path = "\(directory.path)/a.yaml"
      #expect(throws: DevicesError.changedMeanwhile(path: path)) {
        try importOver("\(Self.key)enabled: false\n", .json, in: directory)
      }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "\(Self.key)enabled: false\n")
      // What it finds is what it replaces.
      try importOver("\(Self.key)enabled: false\n", .json, in: directory)
      #expect(try directory.load().table.device("a")?.key.hex == Keys.second)
    }
  }

  /// Imports `.list`, while somebody writes `text` as a.yaml.
  private func importOver(_ text: String, _ format: ListFormat, in directory: DeviceDirectory) throws {
    let list = try DeviceList(path: "\(directory.path)/.list", format: format)
    try directory.edit { editor throws(DevicesError) in
      let plan = editor.plan(list, as: .files, on: .replace)
      #expect(plan.replaced.count == 1 && plan.problems == [])
      save(text, "a.yaml", in: directory)
      try editor.carryOut(plan)
    }
  }
}

/// Writes a file as editors do: another one takes its name.
private func save(_ text: String, _ name: String, in directory: DeviceDirectory) {
  do {
    try TestSupport.write(text, to: "\(directory.path)/.editing")
    try FileManager.default.removeItem(atPath: "\(directory.path)/\(name)")
    try FileManager.default.moveItem(atPath: "\(directory.path)/.editing", toPath: "\(directory.path)/\(name)")
  } catch {
    Issue.record(error)
  }
}

private func known(_ name: String) -> DeviceID {
  do {
    return try DeviceID(name)
  } catch {
    preconditionFailure("\(error)")
  }
}
