import Model
import Testing

@testable import Sessions

/// Messages of QoS 2 whose outcome comes after their connection has ended: none is passed on twice [MQTT-4.3.3-10].
struct LateOutcomeTests {
  private static let repetition = bytes("3C 06 0001 'a' 0001 '!'")

  /// What is left of a connection over which packets 1 and 2 of QoS 2 and packet 3 of QoS 1 have come, and their tokens.
  private static func left(settling places: Int...) -> (SessionState, [PublishToken]) {
    var conversation = Conversation.connected()
    conversation.device(
      sends: bytes("34 06 0001 'a' 0001 '!' 34 06 0001 'a' 0002 '!' 32 06 0001 'a' 0003 '!'"))
    let tokens = conversation.takeActions().publishes.compactMap(\.token)
    for place in places { conversation.settle(tokens[place]) }
    return (conversation.takeRemains(), tokens)
  }

  private static func resumed(_ state: SessionState, sends bytes: [UInt8]) -> [SessionAction] {
    var conversation = Conversation.resumed(state)
    _ = conversation.takeActions()
    conversation.device(sends: bytes)
    return conversation.takeActions()
  }

  @Test func `one that was accepted meanwhile is only answered`() {
    var (state, tokens) = Self.left()
    state.settle(tokens[0], .accepted, .v3)
    #expect(Self.resumed(state, sends: Self.repetition) == [.send(bytes("50 02 0001"))])
  }

  @Test func `one that waited behind another is only answered too`() {
    var (state, tokens) = Self.left()
    state.settle(tokens[1], .accepted, .v3)
    #expect(Self.resumed(state, sends: bytes("3C 06 0001 'a' 0002 '!'")) == [.send(bytes("50 02 0002"))])
    let (settled, _) = Self.left(settling: 1)
    #expect(Self.resumed(settled, sends: bytes("3C 06 0001 'a' 0002 '!'")) == [.send(bytes("50 02 0002"))])
  }

  @Test(arguments: MQTTVersion.allCases)
  func `one that was refused meanwhile comes again, and the device is told then`(version: MQTTVersion) {
    var (state, tokens) = Self.left()
    state.settle(tokens[0], .rejected(.notAuthorized), version)
    #expect(Self.resumed(state, sends: Self.repetition).publishes.count == 1)
  }

  @Test func `one without an outcome comes again`() {
    let (state, _) = Self.left()
    #expect(Self.resumed(state, sends: Self.repetition).publishes.count == 1)
  }

  @Test func `a state knows whether outcomes are still to come, at QoS 2 alone`() {
    var (state, tokens) = Self.left()
    #expect(state.waitsForOutcomes)
    state.settle(tokens[1], .accepted, .v3)
    #expect(state.waitsForOutcomes)
    state.settle(tokens[0], .accepted, .v3)
    #expect(!state.waitsForOutcomes, "packet 3 is of QoS 1")
    #expect(!SessionState().waitsForOutcomes)
  }

  @Test func `a message that was too much is not waited for`() {
    var conversation = Conversation.connected(.v5, limits: .with { $0.maximumUnsettled = 1 })
    conversation.device(sends: bytes("34 07 0001 'a' 0001 00 '!'"))
    let token = conversation.takeActions().publishes.first?.token
    conversation.device(sends: bytes("34 07 0001 'a' 0002 00 '!'"))
    #expect(conversation.actions.end == SessionEnd(.receiveMaximumExceeded(limit: 1)))
    var state = conversation.takeRemains()
    #expect(state.waitsForOutcomes)
    if let token { state.settle(token, .accepted, .v5) }
    #expect(!state.waitsForOutcomes)
  }
}
