import Control
import NIOConcurrencyHelpers
import TestSupport
import Testing

@Suite struct ControlClientTests {
  @Test func `asks for the status`() async throws {
    let text = String(decoding: try ControlJSON.encode(GatewayStatus.make()), as: UTF8.self)
    try await withStub { method, path in
      method == "GET" && path == "/v1/status" ? .reply(200, text) : .reply(404, "")
    } _: { path in
      try await #expect(ControlClient(path: path).status() == .make())
    }
  }

  @Test func `has the gateway reload once`() async throws {
    let asked = NIOLockedValueBox<[String]>([])
    try await withStub { method, path in
      asked.withLockedValue { $0.append("\(method) \(path)") }
      return .reply(200, #"{"devices":3,"added":2,"changed":1,"removed":0,"problems":[]}"#)
    } _: { path in
      let report = try await ControlClient(path: path).reload()
      #expect(report == ReloadReport(devices: 3, added: 2, changed: 1, removed: 0, problems: []))
    }
    #expect(asked.withLockedValue { $0 } == ["POST /v1/reload"])
  }

  @Test func `takes a reply of many parts`() async throws {
    let problems = (0..<50_000).map { "devices.d/d\($0).yaml:1: error: something is wrong in here" }
    let report = ReloadReport(devices: 0, added: 0, changed: 0, removed: 0, problems: problems)
    let text = String(decoding: try ControlJSON.encode(report), as: UTF8.self)
    try await withStub { _, _ in
      .reply(200, text)
    } _: { path in
      // A debug build beside all other tests takes its time for three megabytes.
      try await #expect(ControlClient(path: path, timeout: .seconds(300)).reload() == report)
    }
  }

  @Test func `passes a refusal on`() async throws {
    try await withStub { _, _ in
      .reply(409, #"{"error":"a reload is under way"}"#)
    } _: { path in
      await #expect(throws: ControlError.refused(status: 409, message: "a reload is under way")) {
        try await ControlClient(path: path).reload()
      }
    }
  }

  @Test(arguments: [(200, "{}"), (200, "nonsense"), (200, ""), (500, "no JSON"), (204, "")])
  func `tells a reply that it does not understand`(_ status: Int, _ body: String) async throws {
    try await withStub { _, _ in
      .reply(status, body)
    } _: { path in
      let error = await #expect(throws: ControlError.self) { try await ControlClient(path: path).status() }
      #expect(error?.isBadReply == true)
    }
  }

  @Test(arguments: ["SSH-2.0-OpenSSH_9.2\r\n", "", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort", "HTTP/1.1 2"])
  func `tells a peer that is no gateway`(_ answer: String) async throws {
    try await withTemporaryDirectory { directory in
      let path = directory + "/control.sock"
      try await withRawStub(at: path, answer: Array(answer.utf8)) {
        let error = await #expect(throws: ControlError.self) { try await ControlClient(path: path).status() }
        #expect(error?.isBadReply == true, "\(String(describing: error))")
      }
    }
  }

  @Test func `reads no more than its limit`() async throws {
    try await withStub { _, _ in
      .reply(200, String(repeating: " ", count: 1_001))
    } _: { path in
      await #expect(throws: ControlError.replyTooLarge(limit: 1_000)) {
        try await ControlClient(path: path, replyLimit: 1_000).status()
      }
    }
  }

  @Test func `does not wait for ever`() async throws {
    try await withStub { _, _ in
      .silence
    } _: { path in
      let limit = Duration.milliseconds(50)
      await #expect(throws: ControlError.timedOut(path: path, limit: limit)) {
        try await ControlClient(path: path, timeout: limit).status()
      }
    }
  }

  private func withStub(
    answer: @escaping @Sendable (String, String) -> StubAnswer, _ body: (String) async throws -> Void
  ) async throws {
    try await withTemporaryDirectory { directory in
      let path = directory + "/control.sock"
      try await withHTTPStub(at: path, answer: answer) { try await body(path) }
    }
  }
}

extension ControlError {
  var isBadReply: Bool {
    if case .badReply = self { true } else { false }
  }
}
