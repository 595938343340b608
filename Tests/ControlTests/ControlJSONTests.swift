import Control
import FoundationEssentials
import Testing

@Suite struct ControlJSONTests {
  @Test func `writes a status under stable names`() throws {
    let text = String(decoding: try ControlJSON.encode(GatewayStatus.make()), as: UTF8.self)
    #expect(
      text == """
        {"broker":{"connected":3,"lanes":4},"devices":{"online":1,"total":2},"handshakes":{"established":5,\
        "refused":{"unknownIdentity":6}},"listening":["127.0.0.1:8883"],"messages":{"acknowledged":8,"dropped":9,\
        "up":7},"node":"gw1","pid":4711,"started_at":"2025-01-02T03:04:05Z","version":"1.2.3"}
        """)
  }

  @Test(arguments: [
    ("ä😀", #"["ä😀"]"#), ("\u{9b}", #"["\u009b"]"#), ("a\u{202e}b", #"["a\u202eb"]"#), ("\u{7f}", #"["\u007f"]"#),
    ("\u{e0001}", #"["\udb40\udc01"]"#), ("e\u{301}\u{200d}", "[\"e\u{301}\\u200d\"]"), ("\u{1b}", #"["\u001b"]"#),
  ])
  func `escapes what steers a terminal`(_ text: String, _ json: String) throws {
    let bytes = try ControlJSON.encode([text])
    #expect(String(decoding: bytes, as: UTF8.self) == json)
    try #expect(ControlJSON.decode([String].self, from: bytes) == [text])
  }

  @Test func `reads a status back`() throws {
    let status = GatewayStatus.make()
    try #expect(ControlJSON.decode(GatewayStatus.self, from: try ControlJSON.encode(status)) == status)
  }

  @Test func `reads a report of a newer gateway`() throws {
    let text = #"{"devices":1,"added":2,"changed":3,"removed":4,"problems":["a:1: error: b"],"took_ms":5}"#
    let report = ReloadReport(devices: 1, added: 2, changed: 3, removed: 4, problems: ["a:1: error: b"])
    try #expect(ControlJSON.decode(ReloadReport.self, from: Array(text.utf8)) == report)
  }

  @Test func `makes replies that the server can send`() throws {
    let reply = try ControlReply(ReloadReport(devices: 1, added: 0, changed: 0, removed: 0, problems: []))
    #expect(reply.status == 200)
    #expect(reply.contentType == "application/json")
    let refusal = try ControlReply(status: 409, message: "a reload is under way")
    #expect(refusal.status == 409)
    #expect(String(decoding: refusal.body, as: UTF8.self) == #"{"error":"a reload is under way"}"#)
  }
}

extension GatewayStatus {
  /// A status with a different number everywhere.
  static func make() -> GatewayStatus {
    GatewayStatus(
      version: "1.2.3", node: "gw1", processID: 4711, startedAt: Date(timeIntervalSince1970: 1_735_787_045),
      devices: Devices(total: 2, online: 1), listening: ["127.0.0.1:8883"], broker: Broker(lanes: 4, connected: 3),
      handshakes: Handshakes(established: 5, refused: ["unknownIdentity": 6]),
      messages: Messages(up: 7, acknowledged: 8, dropped: 9))
  }
}
