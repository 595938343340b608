import Testing

@testable import Sessions

/// How many messages a device of 5.0 may have under way to the gateway (MQTT 5 §3.3.4, §4.9).
struct ReceiveMaximumTests {
  private static let limits = SessionLimits.with { $0.maximumUnsettled = 2 }

  private static func publish(_ packetID: UInt8, qos: UInt8) -> [UInt8] {
    packet(0x30 | qos << 1, bytes("0001 'a' 00") + [packetID] + bytes("00 '!'"))
  }

  private static func settleAll(_ conversation: inout Conversation) {
    for publish in conversation.takeActions().publishes { conversation.settle(publish.token) }
  }

  @Test(arguments: [1, 2] as [UInt8])
  func `as many as it was told are taken, and reading goes on`(qos: UInt8) {
    var conversation = Conversation.connected(.v5, limits: Self.limits)
    conversation.device(sends: Self.publish(1, qos: qos) + Self.publish(2, qos: qos) + bytes("C0 00"))
    #expect(conversation.actions.publishes.count == 2)
    #expect(conversation.actions.last == .send(bytes("D0 00")))
  }

  @Test(arguments: [1, 2] as [UInt8])
  func `one more closes the connection with 0x93`(qos: UInt8) {
    var conversation = Conversation.connected(.v5, limits: Self.limits)
    conversation.device(sends: Self.publish(1, qos: qos) + Self.publish(2, qos: qos))
    _ = conversation.takeActions()
    PacketRow(
      "one more", "[MQTT-3.3.4-9]", Self.publish(3, qos: qos), .disconnect, 0x93,
      refusedFor: .receiveMaximumExceeded(limit: 2)
    ).check(on: conversation)
  }

  @Test func `QoS 0 does not count`() {
    var conversation = Conversation.connected(.v5, limits: Self.limits)
    conversation.device(sends: Self.publish(1, qos: 1) + Self.publish(2, qos: 1) + bytes("30 04 0001 'a' 00"))
    #expect(conversation.actions.publishes.count == 3)
  }

  @Test func `a repetition does not count twice`() {
    var conversation = Conversation.connected(.v5, limits: Self.limits)
    conversation.device(sends: Self.publish(1, qos: 2) + Self.publish(2, qos: 2) + Self.publish(2, qos: 2))
    #expect(conversation.actions.end == nil)
  }

  @Test func `QoS 1 counts until its PUBACK`() {
    var conversation = Conversation.connected(.v5, limits: Self.limits)
    for packetID in UInt8(1)...20 {
      conversation.device(sends: Self.publish(packetID, qos: 1))
      Self.settleAll(&conversation)
    }
    #expect(conversation.actions.end == nil)
  }

  @Test func `QoS 2 counts until its PUBCOMP`() {
    var conversation = Conversation.connected(.v5, limits: Self.limits)
    conversation.device(sends: Self.publish(1, qos: 2) + Self.publish(2, qos: 2))
    Self.settleAll(&conversation)
    conversation.device(sends: bytes("62 02 0001") + Self.publish(3, qos: 2))
    #expect(conversation.takeActions().publishes.count == 1)
    conversation.device(sends: Self.publish(4, qos: 2))
    #expect(conversation.actions.end == SessionEnd(.receiveMaximumExceeded(limit: 2)))
  }

  @Test func `a refused message of QoS 2 counts no more`() {
    var conversation = Conversation.connected(.v5, limits: Self.limits)
    for packetID in UInt8(1)...5 {
      conversation.device(sends: Self.publish(packetID, qos: 2))
      conversation.settle(conversation.takeActions().publishes.first?.token, .rejected(.notAuthorized))
    }
    #expect(conversation.actions.end == nil)
  }

  @Test func `what an earlier connection left does not count, for it begins anew with each`() {
    var state = SessionState()
    var next = UInt8(1)
    for _ in 0..<3 {
      var conversation = Conversation.resumed(state, .v5, limits: Self.limits)
      _ = conversation.takeActions()
      conversation.device(sends: Self.publish(next, qos: 2) + Self.publish(next + 1, qos: 2))
      #expect(conversation.actions.publishes.count == 2)
      Self.settleAll(&conversation)
      state = conversation.takeRemains()
      next += 2
    }
    var last = Conversation.resumed(state, .v5, limits: Self.limits)
    last.device(sends: bytes("62 02 0001 62 02 0002") + Self.publish(1, qos: 2) + Self.publish(2, qos: 2))
    #expect(last.actions.publishes.count == 2)
    last.device(sends: Self.publish(7, qos: 2))
    #expect(last.actions.end == SessionEnd(.receiveMaximumExceeded(limit: 2)))
  }

  @Test func `a device of 3.1.1 was told nothing, and is only read from more slowly`() {
    var conversation = Conversation.connected(limits: Self.limits)
    conversation.device(
      sends: bytes("34 06 0001 'a' 0001 '!' 34 06 0001 'a' 0002 '!' 34 06 0001 'a' 0003 '!'"))
    #expect(conversation.actions.publishes.count == 2)
    #expect(conversation.actions.last == .pauseReading)
  }
}
