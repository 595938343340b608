import Model
import Testing

@testable import Sessions

/// Devices that send frames.
struct FramesTests {
  private static func frame(_ payload: [UInt8], _ sequence: UInt64 = 0) -> SessionAction {
    .publish(
      SessionPublish(topic: nil, payload: payload, qos: .atLeastOnce, token: PublishToken(sequence: sequence)))
  }

  @Test func `opens at once`() {
    #expect(Conversation(.frames).actions == [.opened(SessionOpening(deviceProtocol: .frames))])
  }

  static let rows: [PacketRow] = [
    PacketRow("one", "", bytes("00000002 'hi'"), [frame(bytes("'hi'"))]),
    PacketRow("two", "", bytes("00000001 'a' 00000001 'b'"), [frame(bytes("'a'")), frame(bytes("'b'"), 1)]),
    PacketRow("a newline is a byte like any other", "", bytes("00000003 0A0D0A"), [frame([10, 13, 10])]),
    PacketRow("an empty one is none", "", bytes("00000000 00000001 'a'"), [frame(bytes("'a'"))]),
    PacketRow("a part of the length", "", bytes("000000"), []),
    PacketRow("a part of the content", "", bytes("00000003 'ab'"), []),
    PacketRow("the longest", "", bytes("00000008 '12345678'"), [frame(bytes("'12345678'"))]),
    PacketRow("one too long", "", bytes("00000009"), refusedFor: .frameTooLong(bytes: 9, limit: 8)),
    PacketRow(
      "the longest of all", "", bytes("FFFFFFFF"), refusedFor: .frameTooLong(bytes: 4_294_967_295, limit: 8)),
  ]

  @Test(arguments: rows)
  func `cuts behind each length`(row: PacketRow) {
    var limits = SessionLimits()
    limits.maximumFrameBytes = 8
    var conversation = Conversation(.frames, limits: limits)
    _ = conversation.takeActions()
    row.check(on: conversation)
  }

  @Test(arguments: [true, false])
  func `a part of a frame is never a message`(clean: Bool) {
    var conversation = Conversation(.frames)
    conversation.device(sends: bytes("00000003 'ab'"))
    conversation.deviceCloses(clean: clean)
    #expect(conversation.actions.publishes.isEmpty)
    #expect(conversation.actions.end?.text == "the device closed the connection in the middle of a message")
  }
}
