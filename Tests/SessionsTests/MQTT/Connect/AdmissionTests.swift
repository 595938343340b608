import Model
import Testing

@testable import Sessions

/// What happens between CONNECT and CONNACK, and what CONNACK says (MQTT 5 §3.2).
struct AdmissionTests {
  private static func connecting(
    _ version: MQTTVersion = .v5, _ golden: String = "", limits: SessionLimits = SessionLimits()
  ) -> Conversation {
    var conversation = Conversation(.mqtt, limits: limits)
    conversation.device(
      sends: version == .v5 ? connect5(golden) : bytes("10 0E 0004 'MQTT' 04 02 0002 0002 'd1'"))
    _ = conversation.takeActions()
    return conversation
  }

  /// Receive Maximum, Maximum Packet Size and Topic Alias Maximum, as the limits are by default.
  private static let offered = "21 0064 27 00040000 22 0010"

  static let acceptances: [(acceptance: SessionAcceptance, flags: UInt8, golden: String)] = [
    (SessionAcceptance(), 0, offered),
    (SessionAcceptance(isPresent: true), 1, offered),
    (SessionAcceptance(sessionExpiryInterval: 60), 0, "11 0000003C" + offered),
    (SessionAcceptance(assignedClientID: "x"), 0, "21 0064 27 00040000 12 0001 'x' 22 0010"),
    (SessionAcceptance(serverKeepAlive: 30), 0, offered + "13 001E"),
  ]

  @Test(arguments: acceptances)
  func `CONNACK says what the device may do [MQTT-3.2.2-3]`(
    acceptance: SessionAcceptance, flags: UInt8, golden: String
  ) {
    var conversation = Self.connecting()
    conversation.letIn(acceptance)
    #expect(conversation.actions == [.send(packet(0x20, [flags, 0] + properties(golden))), .resumeReading])
  }

  @Test func `CONNACK of 3.1.1 has two bytes [MQTT-3.2.2-2]`() {
    var conversation = Self.connecting(.v3)
    conversation.letIn(SessionAcceptance(isPresent: true, sessionExpiryInterval: 7, serverKeepAlive: 9))
    #expect(conversation.actions == [.send(bytes("20 02 01 00")), .resumeReading])
  }

  @Test func `CONNACK tells the limits`() {
    var conversation = Self.connecting(
      limits: .with { limits in
        limits.maximumUnsettled = 0
        limits.maximumPacketBytes = 1_000
        limits.maximumTopicAliases = 0
      })
    conversation.letIn()
    #expect(conversation.actions.sent == packet(0x20, [0, 0] + properties("21 0001 27 000003E8")))
  }

  static let refusals: [(reason: ReasonCode, code: UInt8)] = [
    (.unsupportedProtocolVersion, 1), (.clientIdentifierNotValid, 2), (.serverUnavailable, 3), (.quotaExceeded, 3),
    (.notAuthorized, 5),
  ]

  @Test(arguments: refusals)
  func `a device that is not let in is told why [MQTT-3.2.2-5]`(reason: ReasonCode, code: UInt8) {
    var three = Self.connecting(.v3)
    let end = SessionEnd(reason: .revoked, text: "no")
    three.refuse(reason, end)
    #expect(three.actions == [.send([0x20, 2, 0, code]), .close(end)])
    var five = Self.connecting()
    five.refuse(reason, end)
    let connack = packet(0x20, [0, reason.rawValue] + properties("1F 0002 'no'"))
    #expect(five.actions == [.send(connack), .close(end)])
    #expect(five.session.isClosed)
  }

  @Test func `a reason in words is left out where it does not fit [MQTT-3.2.2-19]`() {
    var conversation = Self.connecting(.v5, "27 00000008")
    conversation.refuse(.notAuthorized)
    #expect(conversation.actions.sent == bytes("20 03 00 87 00"))
  }

  static let closings: [(reason: OfflineReason, five: UInt8, three: UInt8)] = [
    (.shutdown, 0x88, 3), (.gatewayRestarted, 0x88, 3), (.replaced, 0x88, 3), (.disconnected, 0x88, 3),
    (.timeout, 0x88, 3), (.revoked, 0x87, 5), (.protocolError, 0x82, 3),
  ]

  @Test(arguments: closings)
  func `a gateway that closes before it has answered refuses [MQTT-3.14.0-1]`(
    reason: OfflineReason, five: UInt8, three: UInt8
  ) {
    var conversation = Self.connecting()
    conversation.gatewayCloses(reason)
    #expect(conversation.actions.sent == packet(0x20, [0, five] + properties("1F 0005 'asked'")))
    var older = Self.connecting(.v3)
    older.gatewayCloses(reason)
    #expect(older.actions.sent == [0x20, 2, 0, three])
  }

  // MARK: The time between

  @Test func `what the device says meanwhile waits [MQTT-3.1.4-6]`() {
    var conversation = Self.connecting()
    conversation.device(sends: bytes("30 04 0001 'a' 00 C0 00"))
    #expect(conversation.actions.isEmpty)
    #expect(conversation.session.bufferedBytes == 8)
    conversation.letIn()
    #expect(conversation.actions.count == 4)
    #expect(conversation.actions.publishes.count == 1)
    #expect(conversation.actions.suffix(2) == [.send(bytes("D0 00")), .resumeReading])
  }

  @Test func `the keep-alive counts from when it is let in`() {
    var conversation = Self.connecting(.v3)
    conversation.pass(.seconds(9))
    conversation.letIn()
    #expect(conversation.session.deadline == conversation.now + .seconds(3))
  }

  @Test func `who cannot be let in in time is told to come again`() {
    var conversation = Self.connecting(.v3)
    #expect(conversation.session.deadline == conversation.now + .seconds(10))
    conversation.pass(.seconds(10))
    #expect(conversation.actions.sent == bytes("20 02 00 03"))
    #expect(conversation.actions.end?.reason == .timeout)
  }

  @Test func `a device that says everything and closes is heard once it is let in`() {
    var conversation = Self.connecting()
    conversation.device(sends: bytes("30 05 0001 'a' 00 '!' E0 00"))
    conversation.deviceCloses()
    #expect(conversation.actions.isEmpty)
    conversation.letIn()
    #expect(conversation.actions.payloads == ["!"])
    #expect(conversation.actions.end?.discardsWill == true)
  }

  @Test func `a device that is lost meanwhile has gone`() {
    var conversation = Self.connecting()
    conversation.device(sends: bytes("30 05 0001 'a' 00 '!'"))
    conversation.deviceCloses(clean: false)
    #expect(conversation.actions.count == 1)
    #expect(conversation.actions.end?.reason == .disconnected)
    conversation.letIn()
    conversation.refuse(.notAuthorized)
    #expect(conversation.actions.count == 1)
  }

  @Test func `is let in once`() {
    var conversation = Self.connecting()
    conversation.letIn()
    _ = conversation.takeActions()
    conversation.letIn()
    #expect(conversation.actions.isEmpty)
  }

  @Test func `the server's keep-alive is the one that counts [MQTT-3.2.2-21]`() {
    var conversation = Self.connecting()
    conversation.letIn(SessionAcceptance(serverKeepAlive: 10))
    #expect(conversation.session.deadline == conversation.now + .seconds(15))
  }
}
