import Devices
import Foundation
import Model
import Platform
import TestSupport
import Testing

/// Writers beside each other, and writers that fail.
struct WritersTests {
  @Test func `writers in many tasks do not lose each other's changes`() async throws {
    let names = (0..<40).map { "dev-\($0)" }
    let bundle = names.map { "old-\($0):\(Keys.random())\n" }.joined()
    try await withDevices(["f.psk": bundle]) { directory in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for name in names {
          group.addTask {
            try directory.add(.make(name))
            try directory.remove(DeviceID("old-\(name)"))
            try directory.setEnabled(false, of: DeviceID(name))
          }
        }
        // Readers see whole files only.
        group.addTask {
          for _ in 0..<50 {
            let (table, problems) = try directory.load()
            #expect(problems.isEmpty)
            #expect(names.allSatisfy { table.device($0) != nil || table.device("old-\($0)") != nil })
          }
        }
        try await group.waitForAll()
      }
      let (table, problems) = try directory.load()
      #expect(problems.isEmpty)
      #expect(Set(table.ids) == Set(names))
      #expect(table.allSatisfy { !$0.isEnabled })
      let files = try FileManager.default.contentsOfDirectory(atPath: directory.path)
      #expect(files.count == names.count + 2)
    }
  }

  @Test func `one of many who add the same device wins`() async throws {
    try await withDevices { directory in
      let added = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<10 { group.addTask { (try? directory.add(.make("a"))) != nil } }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(added == 1)
    }
  }

  @Test func `what a killed writer left is cleared away, and never read`() async throws {
    try await withDevices([".tmp-1f": "key: \"\(Keys.first)\"", ".mine": "x"]) { directory in
      #expect(try directory.load().table.count == 0)
      try directory.add(.make("a"))
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == [".lock", ".mine", "a.yaml"])
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root gives files away"))
  func `root's files belong to the directory's owner`() async throws {
    try await withDevices(["f.psk": "b:\(Keys.first)\nc:\(Keys.second)"]) { directory in
      try FileManager.default.setAttributes(
        [.ownerAccountID: 4711, .groupOwnerAccountID: 4712], ofItemAtPath: directory.path)
      try directory.add(.make("a"))
      try directory.setEnabled(false, of: DeviceID("b"))
      for name in ["a.yaml", "b.yaml", "f.psk", ".lock"] {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory.path)/\(name)")
        #expect(attributes[.ownerAccountID] as? Int == 4711)
        #expect(attributes[.groupOwnerAccountID] as? Int == 4712)
      }
    }
  }

  @Test(.enabled("mounting a small file system needs root", { await SmallDisk.canMount() }))
  func `a full disk changes nothing`() async throws {
    try await withDevices { directory in
      try await SmallDisk.mounted(at: directory.path, kilobytes: 64) {
        let bundle = "a:\(Keys.first)\nb:\(Keys.second)\n"
        try directory.put(bundle, "f.psk")
        try directory.put("#" + String(repeating: "x", count: 52 << 10), "full")
        let before = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
        let credentials = (0..<200).map { Credential(identity: Array("dev-\($0)".utf8), key: PresharedKey.random()) }
        let error = #expect(throws: DevicesError.self) {
          try directory.edit { editor throws(DevicesError) in try editor.addBundle(named: "g", credentials) }
        }
        guard case .system(let cause) = error else { throw cancelled }
        #expect(cause.code == ENOSPC)
        let after = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
        #expect(after == [".lock"] + before)
        let table = try directory.load().table
        #expect(table.ids == ["a", "b"])
      }
    }
  }
}

private let cancelled = CancellationError()
