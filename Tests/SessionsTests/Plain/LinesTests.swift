import Model
import Testing

@testable import Sessions

/// Devices that send lines.
struct LinesTests {
  private static let opened = SessionAction.opened(SessionOpening(deviceProtocol: .lines))
  private static let closed = SessionEnd(reason: .disconnected, text: "the device closed the connection")
  private static let cut = SessionEnd(
    reason: .disconnected, text: "the device closed the connection in the middle of a message")

  private static func limits(_ longest: Int) -> SessionLimits {
    var limits = SessionLimits()
    limits.maximumLineBytes = longest
    return limits
  }

  private static func line(_ payload: [UInt8], _ sequence: UInt64 = 0) -> SessionAction {
    .publish(
      SessionPublish(topic: nil, payload: payload, qos: .atLeastOnce, token: PublishToken(sequence: sequence)))
  }

  @Test func `opens at once`() {
    #expect(Conversation(.lines).actions == [Self.opened])
  }

  static let rows: [PacketRow] = [
    PacketRow("LF", "", bytes("'hi' 0A"), [line(bytes("'hi'"))]),
    PacketRow("CRLF", "", bytes("'hi' 0D0A"), [line(bytes("'hi'"))]),
    PacketRow("two lines", "", bytes("'a' 0A 'b' 0D0A"), [line(bytes("'a'")), line(bytes("'b'"), 1)]),
    PacketRow("one CR is taken off, not two", "", bytes("'hi' 0D0D0A"), [line(bytes("'hi' 0D"))]),
    PacketRow("a CR inside stays", "", bytes("'h' 0D 'i' 0A"), [line(bytes("'h' 0D 'i'"))]),
    PacketRow("any bytes", "", bytes("00 FF 80 0A"), [line([0, 255, 128])]),
    PacketRow("spaces stay", "", bytes("' a ' 0A"), [line(bytes("' a '"))]),
    PacketRow("an empty line is none", "", bytes("0A 0D0A 'a' 0A 0A"), [line(bytes("'a'"))]),
    PacketRow("no end yet", "", bytes("'hi'"), []),
    PacketRow("the longest", "", bytes("'12345678' 0A"), [line(bytes("'12345678'"))]),
    PacketRow("the longest with CRLF", "", bytes("'12345678' 0D0A"), [line(bytes("'12345678'"))]),
    PacketRow("one too long", "", bytes("'123456789' 0A"), refusedFor: .lineTooLong(limit: 8)),
    PacketRow("one too long, with a CR", "", bytes("'12345678' 0D 'x'"), refusedFor: .lineTooLong(limit: 8)),
    PacketRow("too long without an end", "", bytes("'123456789'"), refusedFor: .lineTooLong(limit: 8)),
    PacketRow("a CR that may begin a CRLF", "", bytes("'12345678' 0D"), []),
    PacketRow(
      "good lines before a bad one", "", bytes("'a' 0A '123456789'"),
      [line(bytes("'a'")), .close(SessionEnd(.lineTooLong(limit: 8)))]),
  ]

  @Test(arguments: rows)
  func `cuts at each newline`(row: PacketRow) {
    var conversation = Conversation(.lines, limits: Self.limits(8))
    _ = conversation.takeActions()
    row.check(on: conversation)
  }

  @Test(
    arguments: [
      ("'hi'", true, [line(bytes("'hi'")), .close(closed)]),
      ("'hi' 0D", true, [line(bytes("'hi'")), .close(closed)]),
      ("'hi'", false, [.close(cut)]),
      ("'hi' 0A", true, [line(bytes("'hi'")), .close(closed)]),
      ("'hi' 0A", false, [line(bytes("'hi'")), .close(closed)]),
      ("0D", true, [.close(closed)]),
      ("", true, [.close(closed)]),
      ("", false, [.close(closed)]),
    ] as [(String, Bool, [SessionAction])])
  func `a last line without newline counts after a clean end only`(
    input: String, clean: Bool, expected: [SessionAction]
  ) {
    var conversation = Conversation(.lines)
    _ = conversation.takeActions()
    conversation.device(sends: bytes(input))
    conversation.deviceCloses(clean: clean)
    #expect(conversation.actions == expected)
  }

  @Test func `closes a device that is silent for too long`() {
    var conversation = Conversation(.lines)
    conversation.pass(.seconds(599))
    conversation.device(sends: bytes("'hi' 0A"))
    conversation.pass(.seconds(599))
    #expect(conversation.actions.end == nil)
    conversation.pass(.seconds(1))
    #expect(conversation.actions.end == SessionEnd(.idle(.seconds(600))))
    #expect(conversation.actions.end?.reason == .timeout)
  }

  @Test func `an empty line shows that the device is there`() {
    var conversation = Conversation(.lines)
    conversation.pass(.seconds(500))
    conversation.device(sends: bytes("0A"))
    #expect(conversation.session.deadline == conversation.now + .seconds(600))
  }

  @Test func `a byte at a time does not keep a device alive`() {
    var conversation = Conversation(.lines)
    for _ in 0..<6 {
      conversation.device(sends: bytes("'.'"))
      conversation.pass(.seconds(100))
    }
    #expect(conversation.actions.end?.reason == .timeout)
  }

  @Test func `an unknown token of a line does no harm`() {
    var conversation = Conversation(.lines)
    conversation.settle(PublishToken(sequence: 5))
    #expect(conversation.session.unsettled == 0)
  }
}
