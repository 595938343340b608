import Foundation
import Platform
import TestSupport
import Testing

/// Files that are written as a whole or not at all.
struct AtomicFileTests {
  @Test func `writes a file with its mode, whatever the umask`() async throws {
    try await withTemporaryDirectory { directory in
      let path = "\(directory)/a"
      try put("one", path, mode: 0o640)
      #expect(try contents(path) == "one")
      #expect(try mode(path) == 0o640)
      try put("two", path)
      #expect(try contents(path) == "two")
      #expect(try mode(path) == 0o600)
      #expect(try names(directory) == ["a"])
    }
  }

  @Test func `writes nothing, and much`() async throws {
    try await withTemporaryDirectory { directory in
      let much = [UInt8](repeating: 0x61, count: 5 << 20)
      let nothing: [UInt8] = []
      try AtomicFile.write(much.span, to: "\(directory)/a")
      #expect(try FileManager.default.attributesOfItem(atPath: "\(directory)/a")[.size] as? Int == much.count)
      try AtomicFile.write(nothing.span, to: "\(directory)/a")
      #expect(try contents("\(directory)/a") == "")
    }
  }

  @Test func `does not replace a file unless told`() async throws {
    try await withTemporaryDirectory { directory in
      try write("old", to: "\(directory)/a")
      let error = #expect(throws: SystemError.self) {
        try put("new", "\(directory)/a", replacing: false)
      }
      #expect(error?.code == EEXIST)
      #expect(try contents("\(directory)/a") == "old")
      try put("new", "\(directory)/b", replacing: false)
      #expect(try contents("\(directory)/b") == "new")
      #expect(try names(directory) == ["a", "b"])
    }
  }

  @Test func `a rename that fails leaves nothing behind`() async throws {
    try await withTemporaryDirectory { directory in
      try FileManager.default.createDirectory(atPath: "\(directory)/a/b", withIntermediateDirectories: true)
      for replacing in [true, false] {
        #expect(throws: SystemError.self) {
          try put("x", "\(directory)/a", replacing: replacing)
        }
      }
      #expect(try names(directory) == ["a"])
      #expect(try names("\(directory)/a") == ["b"])
    }
  }

  @Test func `replaces a link, not what it leads to`() async throws {
    try await withTemporaryDirectory { directory in
      try write("old", to: "\(directory)/a")
      try FileManager.default.createSymbolicLink(atPath: "\(directory)/b", withDestinationPath: "a")
      try put("new", "\(directory)/b")
      #expect(try contents("\(directory)/a") == "old")
      #expect(try contents("\(directory)/b") == "new")
    }
  }

  @Test func `a directory that is not there is an error`() {
    #expect(throws: SystemError("open /nonexistent", code: ENOENT)) {
      try put("x", "/nonexistent/a")
    }
  }

  @Test func `readers see the old file or the new, whole`() async throws {
    try await withTemporaryDirectory { directory in
      let path = "\(directory)/a"
      let versions = (0..<10).map { [UInt8](repeating: $0, count: 100_000) }
      try put(versions[0], path)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for version in versions { group.addTask { try put(version, path) } }
        group.addTask {
          for _ in 0..<50 {
            let seen = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(seen.count == 100_000 && Set(seen).count == 1)
          }
        }
        try await group.waitForAll()
      }
      #expect(try names(directory) == ["a"])
    }
  }

  private func put(_ text: String, _ path: String, mode: mode_t = 0o600, replacing: Bool = true) throws {
    try put(Array(text.utf8), path, mode: mode, replacing: replacing)
  }

  private func put(_ bytes: [UInt8], _ path: String, mode: mode_t = 0o600, replacing: Bool = true) throws {
    try AtomicFile.write(bytes.span, to: path, mode: mode, replacing: replacing)
  }

  private func contents(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  private func names(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }
}
