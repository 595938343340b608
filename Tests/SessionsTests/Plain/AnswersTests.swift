import Model
import Testing

@testable import Sessions

/// What lines and frames devices are told of their messages, where they are set to be answered.
struct AnswersTests {
  private static func conversation(_ deviceProtocol: DeviceProtocol, _ input: String) -> Conversation {
    var conversation = Conversation(deviceProtocol, acknowledges: true)
    _ = conversation.takeActions()
    conversation.device(sends: bytes(input))
    return conversation
  }

  /// Lines 1, 2 and 3, and their tokens.
  private static func three() -> (Conversation, [PublishToken?]) {
    var conversation = conversation(.lines, "'a' 0A 'b' 0A 'c' 0A")
    let tokens = conversation.takeActions().publishes.map(\.token)
    return (conversation, tokens)
  }

  private static func text(_ conversation: Conversation) -> String {
    String(decoding: conversation.actions.sent, as: UTF8.self)
  }

  @Test func `a line that is safe is OK, with its number`() {
    var (conversation, tokens) = Self.three()
    #expect(conversation.actions.isEmpty)
    conversation.settle(tokens[0])
    #expect(conversation.takeActions() == [.send(bytes("'OK 1' 0A"))])
    conversation.settle(tokens[1])
    conversation.settle(tokens[2])
    #expect(conversation.actions == [.send(bytes("'OK 2' 0A")), .send(bytes("'OK 3' 0A"))])
  }

  @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
  func `answers come in the order of the lines`(order: [Int]) {
    var (conversation, tokens) = Self.three()
    for index in order { conversation.settle(tokens[index]) }
    #expect(Self.text(conversation) == "OK 1\nOK 2\nOK 3\n")
  }

  @Test func `a frame is answered with a frame`() {
    var conversation = Self.conversation(.frames, "00000001 'a' 00000001 'b'")
    let tokens = conversation.takeActions().publishes.map(\.token)
    conversation.settle(tokens[0])
    conversation.settle(tokens[1], .rejected(.notAuthorized))
    #expect(conversation.actions.sent == bytes("00000004 'OK 1' 0000000F 'ERR not allowed'"))
  }

  static let reasons: [(reason: ReasonCode, words: String)] = [
    (.notAuthorized, "not allowed"), (.quotaExceeded, "too large or too many"), (.packetTooLarge, "too large"),
    (.topicNameInvalid, "topic not possible"), (.unspecifiedError, "refused"), (.serverUnavailable, "refused"),
  ]

  @Test(arguments: reasons)
  func `a message that is refused is an error, in words`(reason: ReasonCode, words: String) {
    var (conversation, tokens) = Self.three()
    conversation.settle(tokens[0], .rejected(reason))
    #expect(Self.text(conversation) == "ERR \(words)\n")
  }

  @Test func `a refused message has a number too, which its answer does not say`() {
    var (conversation, tokens) = Self.three()
    conversation.settle(tokens[1], .rejected(.notAuthorized))
    conversation.settle(tokens[0])
    conversation.settle(tokens[2])
    #expect(Self.text(conversation) == "OK 1\nERR not allowed\nOK 3\n")
  }

  @Test func `a token is answered once, and that of no message never`() {
    var (conversation, tokens) = Self.three()
    conversation.settle(tokens[0])
    conversation.settle(tokens[0])
    conversation.settle(PublishToken(sequence: 3))
    conversation.settle(PublishToken(sequence: .max))
    #expect(Self.text(conversation) == "OK 1\n")
  }

  @Test func `an empty line has no number`() {
    var conversation = Self.conversation(.lines, "0A 'a' 0A 0D0A 'b' 0A")
    for token in conversation.takeActions().publishes.map(\.token) { conversation.settle(token) }
    #expect(Self.text(conversation) == "OK 1\nOK 2\n")
  }

  @Test func `a line that is too long is an error, and the end`() {
    var conversation = Conversation(.lines, limits: .with { $0.maximumLineBytes = 2 }, acknowledges: true)
    _ = conversation.takeActions()
    conversation.device(sends: bytes("'abc'"))
    #expect(
      conversation.actions == [
        .send(bytes("'ERR a line is longer than 2 bytes' 0A")), .close(SessionEnd(.lineTooLong(limit: 2))),
      ])
  }

  @Test func `a frame that is too long is one too`() {
    var conversation = Conversation(.frames, limits: .with { $0.maximumFrameBytes = 2 }, acknowledges: true)
    _ = conversation.takeActions()
    conversation.device(sends: bytes("00000003"))
    let text = "ERR a frame of 3 bytes is announced; at most 2 are allowed"
    #expect(conversation.actions.sent == bytes("0000003A") + Array(text.utf8))
    #expect(conversation.actions.end != nil)
  }

  @Test(arguments: [DeviceProtocol.lines, .frames])
  func `who is not set to be answered is not`(deviceProtocol: DeviceProtocol) {
    var conversation = Conversation(deviceProtocol, limits: .with { $0.maximumLineBytes = 2 })
    _ = conversation.takeActions()
    conversation.device(sends: bytes("00000001 0A"))
    for token in conversation.actions.publishes.map(\.token) { conversation.settle(token, .rejected(.notAuthorized)) }
    #expect(conversation.actions.sent.isEmpty)
  }
}
