import Control
import Foundation
import TestSupport
import Testing

/// Replies of a JSON value on each line.
@Suite struct ControlLinesTests {
  private static let line =
    #"{"address":"192.0.2.1","cipher":"c","connections":1,"device":"a","since":"2025-01-02T03:04:05Z","tls":"TLSv1.3"}"#

  @Test func `ten thousand devices come whole`() async throws {
    let body = String(repeating: Self.line + "\n", count: 10_000)
    try await withStub(.reply(200, body)) { client in
      try await #expect(client.online().count == 10_000)
    }
  }

  @Test func `an end is told from a loss`() async throws {
    try await withStub(.reply(200, #"{"type":"connected","time":"2025-01-02T03:04:05Z"}"# + "\n")) { client in
      var kinds: [GatewayEvent.Kind] = []
      try await client.events(of: nil) { kinds.append($0.type) }
      #expect(kinds == [.connected])
    }
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    for rest in ["", "5\r\n", "2\r\n{}", "zz\r\n"] {
      try await withTemporaryDirectory { directory in
        let path = directory + "/control.sock"
        try await withRawStub(at: path, answer: Array((head + rest).utf8)) {
          _ = await #expect(throws: ControlError.lost(path: path)) {
            try await ControlClient(path: path).events(of: nil) { _ in }
          }
        }
      }
    }
  }

  @Test(arguments: ["nonsense\n", "{}\n", #"{"type":"unheard-of","time":"2025-01-02T03:04:05Z"}"# + "\n"])
  func `what is no event is told`(_ body: String) async throws {
    try await withStub(.reply(200, body)) { client in
      let error = await #expect(throws: ControlError.self) { try await client.events(of: nil) { _ in } }
      #expect(error?.isBadReply == true)
    }
  }

  @Test func `a refusal and a line without end are told`() async throws {
    try await withStub(.reply(404, #"{"error":"no such device"}"#)) { client in
      await #expect(throws: ControlError.refused(status: 404, message: "no such device")) {
        try await client.events(of: nil) { _ in }
      }
    }
    try await withStub(.reply(200, String(repeating: " ", count: 3 << 20))) { client in
      await #expect(throws: ControlError.replyTooLarge(limit: 1 << 20)) { try await client.online() }
    }
  }

  private func withStub(_ answer: StubAnswer, _ body: (ControlClient) async throws -> Void) async throws {
    try await withTemporaryDirectory { directory in
      let path = directory + "/control.sock"
      try await withHTTPStub(at: path, answer: { _, _ in answer }) {
        try await body(ControlClient(path: path, timeout: .seconds(300)))
      }
    }
  }
}
