import TestSupport
import Testing

@testable import gwctl

@Suite struct StatusTests {
  private static let status = """
    {"broker":{"connected":3,"lanes":4},"devices":{"online":1,"total":2},"handshakes":{"established":5,\
    "refused":{"wrongPreSharedKey":1,"unknownIdentity":6}},"listening":["127.0.0.1:8883","[::1]:8883"],\
    "messages":{"acknowledged":8,"dropped":9,"up":7},"node":"gw1","pid":4711,\
    "started_at":"2025-01-02T03:04:05Z","version":"1.2.3"}
    """

  @Test func `shows a table`() async throws {
    try await withGwctl { gwctl in
      try await withHTTPStub(at: gwctl.socket, answer: { _, _ in .reply(200, Self.status) }) {
        let outcome = try await gwctl("status")
        #expect(outcome.status == 0)
        #expect(outcome.errorOutput.isEmpty)
        #expect(
          outcome.output == """
            devices     1 online of 2
            messages    7 up, 8 acknowledged, 9 dropped
            broker      3 of 4 connections up
            handshakes  5 established, 7 refused (unknownIdentity 6, wrongPreSharedKey 1)
            running     since 2025-01-02T03:04:05Z, process 4711
            listening   127.0.0.1:8883 [::1]:8883
            node        gw1
            version     1.2.3

            """)
      }
    }
  }

  @Test func `prints what the gateway says as JSON`() async throws {
    try await withGwctl { gwctl in
      try await withHTTPStub(at: gwctl.socket, answer: { _, _ in .reply(200, Self.status) }) {
        let json = try await gwctl("--json", "status").json
        #expect(json["pid"] as? Int == 4711)
        #expect(json["started_at"] as? String == "2025-01-02T03:04:05Z")
        #expect((json["broker"] as? [String: Int]) == ["lanes": 4, "connected": 3])
      }
    }
  }

  @Test func `fails in one line where another program answers`() async throws {
    try await withGwctl { gwctl in
      try await withRawStub(at: gwctl.socket, answer: Array("220 mail ESMTP\r\n".utf8)) {
        let outcome = try await gwctl("status")
        #expect(outcome.status == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.complaints.count == 1)
        #expect(outcome.errorOutput.contains("was not understood"))
      }
    }
  }
}
