import Testing

@testable import Sessions

/// PUBACKs: when, in which order, for what.
struct AcknowledgementTests {
  private static func publish(_ packetID: UInt8, duplicate: Bool = false) -> [UInt8] {
    [duplicate ? 0x3A : 0x32] + bytes("06 0001 'a' 00") + [packetID] + bytes("'!'")
  }

  private static func puback(_ packetIDs: UInt8...) -> SessionAction {
    .send(packetIDs.flatMap { [0x40, 2, 0, $0] })
  }

  /// A conversation in which packets 1, 2 and 3 wait, and their tokens.
  private static func three() -> (Conversation, [PublishToken?]) {
    var conversation = Conversation.connected()
    for packetID in UInt8(1)...3 { conversation.device(sends: publish(packetID)) }
    let tokens = conversation.takeActions().publishes.map(\.token)
    return (conversation, tokens)
  }

  @Test func `acknowledges nothing before it is settled`() {
    let (conversation, tokens) = Self.three()
    #expect(Set(tokens).count == 3)
    #expect(conversation.actions.isEmpty)
    #expect(conversation.session.unsettled == 3)
  }

  @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
  func `acknowledges in the order of the PUBLISHes [MQTT-4.6.0-2]`(order: [Int]) {
    var (conversation, tokens) = Self.three()
    var answered = 0
    for (position, index) in order.enumerated() {
      conversation.settle(tokens[index])
      answered = conversation.actions.sent.count / 4
      let settled = Set(order[...position])
      #expect(answered == (0...3).last { settled.isSuperset(of: 0..<$0) })
    }
    #expect(conversation.actions.sent == bytes("40 02 0001 40 02 0002 40 02 0003"))
    #expect(conversation.session.unsettled == 0)
  }

  @Test func `acknowledges what became ready in one piece`() {
    var (conversation, tokens) = Self.three()
    conversation.settle(tokens[1])
    conversation.settle(tokens[0])
    #expect(conversation.takeActions() == [Self.puback(1, 2)])
  }

  @Test func `acknowledges a rejected message, or it would come for ever [MQTT-3.3.5-2]`() {
    var (conversation, tokens) = Self.three()
    conversation.settle(tokens[0], .rejected(.notAuthorized))
    #expect(conversation.takeActions() == [Self.puback(1)])
  }

  @Test func `takes a token once`() {
    var (conversation, tokens) = Self.three()
    conversation.settle(tokens[0])
    conversation.settle(tokens[0])
    #expect(conversation.takeActions() == [Self.puback(1)])
    #expect(conversation.session.unsettled == 2)
  }

  @Test func `ignores the token of another session`() {
    var (conversation, _) = Self.three()
    conversation.settle(PublishToken(sequence: 3))
    conversation.settle(PublishToken(sequence: .max))
    #expect(conversation.actions.isEmpty)
  }

  @Test func `hands out a repetition once while it waits, and answers both with one PUBACK`() {
    var conversation = Conversation.connected()
    conversation.device(sends: Self.publish(1))
    conversation.device(sends: Self.publish(1, duplicate: true))
    let publishes = conversation.takeActions().publishes
    #expect(publishes.count == 1)
    conversation.settle(publishes.first?.token)
    #expect(conversation.takeActions() == [Self.puback(1)])
  }

  @Test func `hands out a repetition as new once it was acknowledged [MQTT-4.3.2-2]`() {
    var conversation = Conversation.connected()
    conversation.device(sends: Self.publish(1))
    conversation.settle(conversation.takeActions().publishes.first?.token)
    _ = conversation.takeActions()
    conversation.device(sends: Self.publish(1, duplicate: true))
    #expect(conversation.actions.publishes.count == 1)
  }

  @Test func `closes on a new message under an identifier that waits [MQTT-2.3.1-2]`() {
    var conversation = Conversation.connected()
    conversation.device(sends: Self.publish(1) + Self.publish(1))
    #expect(conversation.actions.end == SessionEnd(.packetIDInUse(1)))
  }

  @Test func `says nothing for a message that is settled after the end`() {
    var (conversation, tokens) = Self.three()
    conversation.device(sends: bytes("E0 00"))
    _ = conversation.takeActions()
    conversation.settle(tokens[0])
    #expect(conversation.actions.isEmpty)
    #expect(conversation.session.unsettled == 0)
  }

  @Test func `keeps its order over many messages that are settled at random`() {
    var random = Generator(state: 7)
    var conversation = Conversation.connected()
    var open: [PublishToken?] = []
    var expected: [UInt8] = []
    for round in 0..<2_000 {
      let packetID = UInt8(round % 200 + 1)
      conversation.device(sends: Self.publish(packetID))
      expected += [0x40, 2, 0, packetID]
      open += [conversation.actions.publishes.last?.token]
      while open.count > 50 {
        conversation.settle(open.remove(at: Int.random(in: open.indices, using: &random)))
      }
      // The oldest may be unlucky for long; its successors then fill the window.
      if conversation.session.unsettled > 90 { while let token = open.popLast() { conversation.settle(token) } }
    }
    while let token = open.popLast() { conversation.settle(token) }
    #expect(conversation.actions.sent == expected)
  }
}

/// The same numbers at each run (a linear congruential generator).
struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 33
  }
}
