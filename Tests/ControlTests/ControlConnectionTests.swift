import Glibc
import NIOCore
import TestSupport
import Testing

@testable import Control

@Suite struct ControlConnectionTests {
  @Test func `finds no gateway where no socket is`() async throws {
    try await withTemporaryDirectory { directory in
      for path in [directory + "/control.sock", directory + "/missing/control.sock"] {
        await #expect(throws: ControlError.notRunning(path: path)) { try await ControlClient(path: path).status() }
      }
    }
  }

  @Test func `finds no gateway where its socket was left behind`() async throws {
    try await withTemporaryDirectory { directory in
      let path = directory + "/control.sock"
      try await withHTTPStub(at: path, answer: { _, _ in .silence }, {})
      await #expect(throws: ControlError.notRunning(path: path)) { try await ControlClient(path: path).status() }
    }
  }

  @Test func `finds no gateway in a plain file`() async throws {
    try await withTemporaryDirectory { directory in
      let path = directory + "/control.sock"
      try write("", to: path)
      await #expect(throws: ControlError.notRunning(path: path)) { try await ControlClient(path: path).status() }
    }
  }

  @Test func `tells a path that is too long for a socket`() async throws {
    let path = "/tmp/" + String(repeating: "x", count: 99)
    let error = await #expect(throws: ControlError.pathTooLong(path)) {
      try await ControlClient(path: path).status()
    }
    #expect(error?.description.contains("has 104 bytes, and 103 are allowed") == true)
  }

  @Test func `tries the longest path that a socket can have`() async throws {
    let path = "/tmp/" + String(repeating: "x", count: 98)
    await #expect(throws: ControlError.notRunning(path: path)) { try await ControlClient(path: path).status() }
  }

  @Test(arguments: [
    (ENOENT, ControlError.notRunning(path: "/x")), (ENOTDIR, .notRunning(path: "/x")),
    (ECONNREFUSED, .notRunning(path: "/x")), (EACCES, .permissionDenied(path: "/x")),
    (EPERM, .permissionDenied(path: "/x")),
  ])
  func `knows what the system's errors mean`(_ code: CInt, _ error: ControlError) {
    #expect(ControlClient(path: "/x").translated(IOError(errnoCode: code, reason: "connect")) == error)
  }

  @Test(arguments: [
    ControlError.pathTooLong("/x"), .notRunning(path: "/x"), .permissionDenied(path: "/x"),
    .unreachable(path: "/x", reason: "y"), .timedOut(path: "/x", limit: .seconds(3)), .replyTooLarge(limit: 1),
    .badReply(reason: "y"), .refused(status: 500, message: "y"),
  ])
  func `says everything in one line`(_ error: ControlError) {
    #expect(!error.description.contains("\n"))
    #expect(error.description.count > 20)
  }
}
