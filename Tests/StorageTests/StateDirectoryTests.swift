import Foundation
import Storage
import TestSupport
import Testing

@Suite struct StateDirectoryTests {
  @Test func `it is made where it is missing, for its owner alone`() async throws {
    try await withTemporaryDirectory { directory in
      let state = try StateDirectory.open(path: directory + "/a/b")
      let attributes = try FileManager.default.attributesOfItem(atPath: state.path)
      #expect(attributes[.posixPermissions] as? Int == 0o700)
    }
  }

  @Test func `a second gateway is told who holds it`() async throws {
    try await withTemporaryDirectory { directory in
      let first = try StateDirectory.open(path: directory)
      let error = #expect(throws: StorageError.self) { try StateDirectory.open(path: directory) }
      #expect(error?.description.contains("in use by gatewayd with pid \(getpid()), since 20") == true)
      withExtendedLifetime(first) {}
    }
  }

  @Test func `it is free again when its holder goes`() async throws {
    try await withTemporaryDirectory { directory in
      do { _ = try StateDirectory.open(path: directory) }
      await #expect(throws: Never.self) { _ = try await openAgain(directory) }
    }
  }

  @Test func `a path that is no directory is an error that names it`() async throws {
    try await withTemporaryDirectory { directory in
      try write("", to: directory + "/file")
      let error = #expect(throws: StorageError.self) { try StateDirectory.open(path: directory + "/file/state") }
      #expect(error?.description.contains(directory + "/file/state") == true)
    }
  }
}
