import Control
import FoundationEssentials
import TestSupport
import Testing

@testable import gwctl

@Suite struct UptakeTests {
  private static let report = ReloadReport(devices: 2, added: 1, changed: 0, removed: 0, problems: ["a:1: error: b"])

  @Test(arguments: [
    (Uptake.taken(report), #"{"devices":2,"problems":["a:1: error: b"],"state":"taken"}"#),
    (.notRunning(path: "x/control.sock"), #"{"socket":"x/control.sock","state":"not_running"}"#),
    (
      .unknown(.refused(status: 503, message: "it stops")),
      #"{"error":"the gateway refused (503): it stops","state":"unknown"}"#
    ),
  ])
  func `has stable fields`(_ uptake: Uptake, _ json: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try #expect(String(decoding: encoder.encode(uptake), as: UTF8.self) == json)
  }

  @Test func `finds out that no gateway runs`() async throws {
    try await withTemporaryDirectory { directory in
      let path = directory + "/control.sock"
      guard case .notRunning(path) = await Uptake.ask(ControlClient(path: path)) else {
        Issue.record("a gateway was found at \(path)")
        return
      }
    }
  }

  @Test func `does not take silence for an answer`() async throws {
    try await withTemporaryDirectory { directory in
      let path = directory + "/control.sock"
      try await withHTTPStub(at: path, answer: { _, _ in .silence }) {
        let client = ControlClient(path: path, timeout: .milliseconds(50))
        guard case .unknown(.timedOut) = await Uptake.ask(client) else {
          Issue.record("silence was taken for an answer")
          return
        }
      }
    }
  }
}
