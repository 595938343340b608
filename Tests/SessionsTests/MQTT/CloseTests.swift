import Model
import Testing

@testable import Sessions

/// What a device of 5.0 is told when the gateway closes its session (MQTT 5 §3.14).
struct CloseTests {
  static let reasons: [(reason: OfflineReason, code: UInt8)] = [
    (.disconnected, 0x80), (.timeout, 0x8D), (.revoked, 0x98), (.replaced, 0x8E), (.shutdown, 0x8B),
    (.gatewayRestarted, 0x8B), (.protocolError, 0x82),
  ]

  @Test(arguments: reasons)
  func `is told why [MQTT-3.14.2-1]`(reason: OfflineReason, code: UInt8) {
    var conversation = Conversation.connected(.v5)
    conversation.gatewayCloses(reason)
    #expect(
      conversation.takeActions() == [
        .send(packet(0xE0, [code] + properties("1F 0005 'asked'"))), .close(SessionEnd(reason: reason, text: "asked")),
      ])
    conversation.gatewayCloses(reason)
    #expect(conversation.actions.isEmpty)
  }

  @Test func `every reason has a row`() {
    #expect(Set(Self.reasons.map(\.reason)) == Set(OfflineReason.allCases))
  }

  @Test func `is told that it was silent for too long [MQTT-3.1.2-22]`() {
    var conversation = Conversation.connected(keepAlive: 2, .v5)
    conversation.pass(.seconds(3))
    let error = SessionError.keepAliveExpired(seconds: 2)
    let reason = [0x1F] + text(error.description)
    #expect(
      conversation.actions == [
        .send(packet(0xE0, [0x8D] + packet(0, reason).dropFirst())), .close(SessionEnd(error)),
      ])
    #expect(conversation.actions.end?.reason == .timeout)
  }

  @Test(arguments: OfflineReason.allCases)
  func `one that has not said CONNECT is told nothing [MQTT-3.14.0-1]`(reason: OfflineReason) {
    var conversation = Conversation(.mqtt)
    conversation.device(sends: bytes("10 0D 0004 'MQTT' 05"))
    conversation.gatewayCloses(reason)
    #expect(conversation.actions == [.close(SessionEnd(reason: reason, text: "asked"))])
  }

  @Test(arguments: [DeviceProtocol.lines, .frames])
  func `lines and frames devices are told nothing`(deviceProtocol: DeviceProtocol) {
    var conversation = Conversation(deviceProtocol, acknowledges: true)
    _ = conversation.takeActions()
    conversation.gatewayCloses(.replaced)
    #expect(conversation.actions == [.close(SessionEnd(reason: .replaced, text: "asked"))])
  }

  @Test(arguments: MQTTVersion.allCases)
  func `nothing is said after the end, whoever speaks`(version: MQTTVersion) {
    var conversation = Conversation.connected(version)
    conversation.deliver(.make())
    conversation.gatewayCloses(.replaced)
    _ = conversation.takeActions()
    conversation.device(sends: bytes("40 02 0001 C0 00"))
    conversation.deliver(.make(), .make(qos: .atMostOnce))
    conversation.setWritable(true)
    conversation.sendNext()
    conversation.letIn()
    conversation.refuse(.notAuthorized)
    conversation.answerSubscribe(1, 0)
    conversation.settle(PublishToken(sequence: 0))
    conversation.deviceCloses()
    #expect(conversation.actions.isEmpty)
    #expect(!conversation.session.hasNext)
  }
}
