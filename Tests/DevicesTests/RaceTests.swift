import Devices
import Foundation
import Model
import TestSupport
import Testing

/// Editors and tools that do not know of the lock, and change a file between our reading and our writing.
struct RaceTests {
  private static let key = "key: \"\(Keys.first)\"\n"

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
      "f.psk": "a:\(Keys.first)\nb:\(Keys.second)\n", "a.yaml": "key: \"\(Keys.third)\"\n", ".moving": "a\nb\n..\n",
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
