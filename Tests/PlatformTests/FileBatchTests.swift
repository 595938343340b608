import Foundation
import Platform
import TestSupport
import Testing

/// Files that are written together, or not at all.
struct FileBatchTests {
  @Test(arguments: [2, 40]) func `writes all of them`(count: Int) async throws {
    try await withTemporaryDirectory { path in
      try write("old", to: "\(path)/0")
      var batch = FileBatch(in: try Directory(path: path), count: count)
      for number in 0..<count {
        try batch.stage(
          Array("new \(number)".utf8).span, as: "\(number)", expecting: number == 0 ? .anything : .nothing)
      }
      // Nothing has its name yet.
      let before = try visible(path)
      #expect(before == ["0"])
      try batch.publish()
      for number in 0..<count {
        let text = try String(contentsOfFile: "\(path)/\(number)", encoding: .utf8)
        #expect(text == "new \(number)")
      }
      let after = try FileManager.default.contentsOfDirectory(atPath: path)
      #expect(after.count == count)
    }
  }

  @Test(arguments: [FileBatchError.exists(path: "taken"), .changed(path: "changed"), .changed(path: "gone")])
  func `takes back what was published when one cannot be`(error: FileBatchError) async throws {
    try await withTemporaryDirectory { path in
      for name in ["replaced", "taken", "changed", "gone"] { try write("old", to: "\(path)/\(name)") }
      let directory = try Directory(path: path)
      let name = error.description.prefix { $0 != " " }
      let version = try #require(directory.version(of: String(name)))
      do {
        var batch = FileBatch(in: directory, count: 3)
        try batch.stage(Array("new".utf8).span, as: "replaced", expecting: .anything)
        try batch.stage(Array("new".utf8).span, as: "added", expecting: .nothing)
        try batch.stage(
          Array("new".utf8).span, as: String(name), expecting: name == "taken" ? .nothing : .version(version))
        if name == "changed" { try write("other", to: "\(path)/changed") }
        if name == "gone" { try FileManager.default.removeItem(atPath: "\(path)/gone") }
        try batch.publish()
        Issue.record("published")
      } catch let found as FileBatchError {
        #expect(found.description.hasPrefix("\(path)/\(name) "))
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
      #expect(names == ["changed", "gone", "replaced", "taken"].filter { $0 != "gone" || name != "gone" })
      let text = try String(contentsOfFile: "\(path)/replaced", encoding: .utf8)
      #expect(text == "old")
    }
  }

  @Test func `a batch that is let go leaves nothing behind`() async throws {
    try await withTemporaryDirectory { path in
      do {
        var batch = FileBatch(in: try Directory(path: path), count: 2)
        try batch.stage(Array("new".utf8).span, as: "a", expecting: .nothing)
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: path)
      #expect(names == [])
    }
  }

  @Test func `a version tells each kind of change`() async throws {
    try await withTemporaryDirectory { path in
      let directory = try Directory(path: path)
      try write("old", to: "\(path)/a")
      let file = try InputFile("a", in: directory)
      let first = file.version
      #expect(directory.version(of: "a") == first && directory.version(of: "b") == nil)
      try Data("new".utf8).write(to: URL(fileURLWithPath: "\(path)/b"))
      try FileManager.default.setAttributes(
        try FileManager.default.attributesOfItem(atPath: "\(path)/a").filter { $0.key == .modificationDate },
        ofItemAtPath: "\(path)/b")
      try FileManager.default.removeItem(atPath: "\(path)/a")
      try FileManager.default.moveItem(atPath: "\(path)/b", toPath: "\(path)/a")
      #expect(directory.version(of: "a") != first)
    }
  }

  private func visible(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).filter { !$0.hasPrefix(".") }.sorted()
  }
}
