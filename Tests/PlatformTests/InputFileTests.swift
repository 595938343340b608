import Foundation
import Platform
import TestSupport
import Testing

/// Files and directories that are opened for reading.
struct InputFileTests {
  @Test func `reads a file piece by piece`() async throws {
    try await withTemporaryDirectory { path in
      try write("abcdef", to: "\(path)/a", mode: 0o640)
      let file = try InputFile("a", in: Directory(path: path))
      #expect(file.byteCount == 6)
      #expect(file.mode == 0o640)
      var buffer = [UInt8](repeating: 0, count: 4)
      #expect(try file.read(into: &buffer, from: 1) == 3)
      #expect(buffer == [0, 0x61, 0x62, 0x63])
      #expect(try file.read(into: &buffer, from: 0) == 3)
      #expect(try file.read(into: &buffer, from: 0) == 0)
      #expect(try file.read(into: &buffer, from: 4) == 0)
    }
  }

  @Test func `a file that is not there is an error`() async throws {
    try await withTemporaryDirectory { path in
      let directory = try Directory(path: path)
      #expect(throws: InputFileError.system(SystemError("open \(path)/a", code: ENOENT))) {
        _ = try InputFile("a", in: directory)
      }
      #expect(throws: InputFileError.notRegular) { _ = try InputFile(path: "/dev/null") }
      #expect(throws: InputFileError.notRegular) { _ = try InputFile(path: path) }
      #expect(throws: InputFileError.notRegular) { _ = try InputFile(".", in: directory) }
    }
  }

  @Test func `links within the directory are followed, others are not`() async throws {
    try await withTemporaryDirectory { path in
      try FileManager.default.createDirectory(atPath: "\(path)/in/deep", withIntermediateDirectories: true)
      try write("out", to: "\(path)/in-beside")
      try write("x", to: "\(path)/in/deep/file")
      try FileManager.default.createSymbolicLink(atPath: "\(path)/in/good", withDestinationPath: "deep/file")
      try FileManager.default.createSymbolicLink(atPath: "\(path)/in/bad", withDestinationPath: "../in-beside")
      let directory = try Directory(path: "\(path)/in")
      #expect(try InputFile("good", in: directory).byteCount == 1)
      #expect(throws: InputFileError.leadsOutside(to: "\(path)/in-beside")) {
        _ = try InputFile("bad", in: directory)
      }
      #expect(try InputFile(path: "\(path)/in/bad").byteCount == 3)
    }
  }

  @Test func `a directory lists its names in order`() async throws {
    try await withTemporaryDirectory { path in
      let names = ["B", "a", ".c", "\u{e4}", String(repeating: "x", count: 255)]
      for name in names { try write("", to: "\(path)/\(name)") }
      let directory = try Directory(path: path)
      let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      #expect(try directory.names() == sorted)
      #expect(try directory.names() == sorted)
      #expect(directory.mode == 0o700)
      try directory.remove("a")
      #expect(try directory.names().count == 4)
      #expect(throws: SystemError("remove \(path)/a", code: ENOENT)) { try directory.remove("a") }
    }
  }

  @Test func `what is no directory is not opened as one`() async throws {
    try await withTemporaryDirectory { path in
      try write("", to: "\(path)/a")
      #expect(throws: SystemError("open \(path)/a", code: ENOTDIR)) { try Directory(path: "\(path)/a") }
    }
  }
}
