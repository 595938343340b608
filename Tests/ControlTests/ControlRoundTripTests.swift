import Control
import NIOConcurrencyHelpers
import TestSupport
import Testing

/// Both ends of the socket: a server that reads requests with ``ControlRequest`` and answers with ``ControlReply``.
@Suite struct ControlRoundTripTests {
  @Test func `answers each request with its own reply`() async throws {
    try await withServer { client in
      try await #expect(client.status() == .make())
      try await #expect(client.reload().devices == 3)
      try await #expect(client.status() == .make())
    }
  }

  @Test func `serves many clients at a time`() async throws {
    try await withServer { client in
      let answers = try await withThrowingTaskGroup { group in
        for _ in 0..<50 { group.addTask { try await client.status() } }
        return try await group.reduce(into: 0) { count, _ in count += 1 }
      }
      #expect(answers == 50)
    }
  }

  @Test func `gives up when its task is cancelled`() async throws {
    try await withTemporaryDirectory { directory in
      let path = directory + "/control.sock"
      let asked = NIOLockedValueBox(false)
      try await withHTTPStub(at: path) { _, _ in
        asked.withLockedValue { $0 = true }
        return .silence
      } _: {
        let task = Task { try await ControlClient(path: path).status() }
        try await eventually("the request") { asked.withLockedValue { $0 } }
        task.cancel()
        await #expect(throws: ControlError.self) { try await task.value }
      }
    }
  }

  private func withServer(_ body: (ControlClient) async throws -> Void) async throws {
    try await withTemporaryDirectory { directory in
      let path = directory + "/control.sock"
      try await withHTTPStub(at: path, answer: Self.answer) {
        try await body(ControlClient(path: path, timeout: .seconds(300)))
      }
    }
  }

  @Sendable private static func answer(_ method: String, _ target: String) -> StubAnswer {
    do {
      let reply =
        switch try ControlRequest(method: method, target: target) {
        case .status: try ControlReply(GatewayStatus.make())
        case .online, .disconnect, .events, .why, .metrics, .health, .readiness:
          try ControlReply(status: 404, message: "")
        case .reload: try ControlReply(ReloadReport(devices: 3, added: 0, changed: 0, removed: 0, problems: []))
        }
      return .reply(reply.status, String(decoding: reply.body, as: UTF8.self))
    } catch {
      return .reply(500, "")
    }
  }
}
