import Model
import Testing

@testable import Sessions

/// What a later connection of the same session goes on with (MQTT 5 §4.4).
struct ResumptionTests {
  /// A conversation in which packet 1 waits for PUBACK, 2 for PUBREC, 3 for PUBCOMP, and a fourth message waits for room.
  private static func busy() -> Conversation {
    var conversation = Conversation.connected(limits: .with { $0.maximumInFlight = 3 })
    conversation.deliver(
      .make("a", "1", sequence: 1), .make("a", "2", qos: .exactlyOnce, sequence: 2),
      .make("a", "3", qos: .exactlyOnce, sequence: 3), .make("a", "4", sequence: 4))
    conversation.device(sends: bytes("50 02 0003"))
    return conversation
  }

  @Test func `sends again what was not answered, under its identifier and with DUP [MQTT-4.4.0-1] [MQTT-3.3.1-1]`() {
    var first = Self.busy()
    let second = Conversation.resumed(first.takeRemains())
    #expect(
      second.actions == [
        .send(bytes("20 02 01 00")), .resumeReading, .send(bytes("3A 06 0001 'a' 0001 '1'")),
        .send(bytes("3C 06 0001 'a' 0002 '2'")), .send(bytes("62 02 0003")), .send(bytes("32 06 0001 'a' 0004 '4'")),
      ])
  }

  @Test func `goes on where it was`() {
    var first = Self.busy()
    var second = Conversation.resumed(first.takeRemains())
    _ = second.takeActions()
    second.device(sends: bytes("70 02 0003 40 02 0001 50 02 0002 70 02 0002 40 02 0004"))
    #expect(
      second.actions == [
        .finished(sequence: 3), .finished(sequence: 1), .send(bytes("62 02 0002")), .finished(sequence: 2),
        .finished(sequence: 4),
      ])
  }

  @Test func `sends again over each connection, as often as it takes`() {
    var conversation = Self.busy()
    for _ in 0..<3 { conversation = .resumed(conversation.takeRemains()) }
    #expect(conversation.actions.packets.dropFirst().map { $0[0] } == [0x3A, 0x3C, 0x62, 0x3A])
  }

  @Test func `another version of MQTT may go on`() {
    var first = Self.busy()
    let second = Conversation.resumed(first.takeRemains(), .v5)
    #expect(second.actions.packets.dropFirst().first == bytes("3A 07 0001 'a' 0001 00 '1'"))
  }

  @Test func `a state names the places that are under way`() {
    var first = Self.busy()
    #expect(first.takeRemains().sequencesUnderWay == [1, 2, 3])
  }

  @Test func `a state can do without what was not sent`() {
    var first = Self.busy()
    var state = first.takeRemains()
    state.dropQueue()
    #expect(Conversation.resumed(state).actions.packets.count == 4)
  }

  @Test func `a state takes what was kept for it, whatever the limits say`() {
    var state = SessionState()
    for number in 1...5 { state.append(.make("a", "\(number)", qos: .atMostOnce)) }
    let conversation = Conversation.resumed(state, limits: .with { $0.maximumQueued = 1 })
    #expect(conversation.actions.packets.dropFirst().map { $0.last } == [0x31, 0x32, 0x33, 0x34, 0x35])
  }

  @Test func `remains can be taken once, and only of what is closed`() {
    var conversation = Self.busy()
    var open = SessionState()
    conversation.tell { session, _, _ in open = session.takeRemains() }
    #expect(open.sequencesUnderWay.isEmpty)
    #expect(!conversation.takeRemains().sequencesUnderWay.isEmpty)
    #expect(conversation.takeRemains().sequencesUnderWay.isEmpty)
  }

  // MARK: Smaller windows

  @Test func `a smaller Receive Maximum holds back messages, but no PUBREL [MQTT-3.3.4-10]`() {
    var first = Self.busy()
    var second = Conversation.resumed(first.takeRemains(), .v5, "21 0001")
    #expect(second.actions.packets.dropFirst().map { $0[0] } == [0x3A, 0x62])
    _ = second.takeActions()
    second.device(sends: bytes("40 02 0001"))
    #expect(second.takeActions() == [.finished(sequence: 1)], "PUBREL takes up room")
    second.device(sends: bytes("70 02 0003"))
    #expect(second.takeActions().packets == [bytes("3C 07 0001 'a' 0002 00 '2'")])
  }

  @Test func `a queue that cannot be sent from yet has no next`() {
    var first = Conversation.connected()
    first.deliver(.make(), .make(), .make())
    first.setWritable(false)
    first.deliver(.make(qos: .atMostOnce))
    var second = Conversation.resumed(first.takeRemains(), .v5, "21 0001")
    #expect(second.takeActions().packets.count == 2)
    #expect(!second.session.hasNext)
    second.sendNext()
    #expect(second.actions.isEmpty)
  }

  @Test func `a smaller Maximum Packet Size drops what no longer fits [MQTT-3.1.2-25]`() {
    var first = Conversation.connected()
    first.deliver(.make("a", "more than sixteen bytes", sequence: 1), .make())
    let second = Conversation.resumed(first.takeRemains(), .v5, "27 00000010")
    #expect(second.actions.contains(.finished(sequence: 1)))
    #expect(second.actions.packets.dropFirst() == [bytes("3A 07 0001 'a' 0002 00 '!'")])
  }

  // MARK: Message Expiry Interval

  @Test func `a message of QoS 2 that was sent does not expire [MQTT-4.3.3-7]`() {
    var first = Conversation.connected(.v5)
    let arrived = first.now
    first.deliver(.make(qos: .exactlyOnce, properties: [.messageExpiryInterval(10)], arrived: arrived))
    let second = Conversation.resumed(first.takeRemains(), .v5, at: arrived + .seconds(60))
    let expired = packet(0x3C, bytes("0001 'a' 0001") + properties("02 00000000") + bytes("'!'"))
    #expect(second.actions.packets.dropFirst() == [expired])
  }

  @Test func `one of QoS 1 does, and its identifier is free`() {
    var first = Conversation.connected(.v5)
    let arrived = first.now
    let old = SessionDelivery.make(properties: [.messageExpiryInterval(10)], sequence: 5, arrived: arrived)
    first.deliver(old)
    var second = Conversation.resumed(first.takeRemains(), .v5, at: arrived + .seconds(60))
    #expect(second.takeActions().suffix(2) == [.dropped(old), .finished(sequence: 5)])
    #expect(second.takeRemains().sequencesUnderWay.isEmpty)
  }

  @Test func `a message that was released does not expire either`() {
    var first = Conversation.connected(.v5)
    let arrived = first.now
    first.deliver(.make(qos: .exactlyOnce, properties: [.messageExpiryInterval(10)], arrived: arrived))
    first.device(sends: bytes("50 02 0001"))
    let second = Conversation.resumed(first.takeRemains(), .v5, at: arrived + .seconds(60))
    #expect(second.actions.packets.last == bytes("62 02 0001"))
  }
}
