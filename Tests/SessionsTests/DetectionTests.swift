import Model
import Testing

@testable import Sessions

/// Which protocol a connection speaks.
struct DetectionTests {
  private static let connect = bytes("10 0C 0004 'MQTT' 04 02 0000 0000")

  private static func spoken(_ conversation: Conversation) -> DeviceProtocol? {
    conversation.actions.compactMap { action in
      if case .opened(let opening) = action { opening.deviceProtocol } else { nil }
    }.first
  }

  @Test(arguments: [DeviceProtocol.auto, .mqtt])
  func `a first byte of 0x10 is MQTT`(deviceProtocol: DeviceProtocol) {
    var conversation = Conversation(deviceProtocol)
    conversation.device(sends: Self.connect)
    #expect(Self.spoken(conversation) == .mqtt)
  }

  @Test(arguments: (UInt8.min...UInt8.max).filter { $0 != 0x10 })
  func `any other first byte is lines`(first: UInt8) {
    var conversation = Conversation(.auto)
    #expect(Self.spoken(conversation) == nil)
    conversation.device(sends: [first, 10])
    #expect(Self.spoken(conversation) == .lines)
  }

  @Test func `an empty read decides nothing`() {
    var conversation = Conversation(.auto)
    conversation.device(sends: [])
    conversation.device(sends: Self.connect)
    #expect(Self.spoken(conversation) == .mqtt)
  }

  @Test func `silence is lines`() {
    var conversation = Conversation(.auto)
    conversation.pass(.milliseconds(9_999))
    #expect(conversation.actions.isEmpty)
    conversation.pass(.milliseconds(1))
    #expect(Self.spoken(conversation) == .lines)
    #expect(conversation.session.deadline == conversation.now + .seconds(600))
    conversation.device(sends: Self.connect + [10])
    #expect(conversation.actions.publishes.map(\.payload) == [Self.connect])
  }

  @Test func `the time in which the owner did not read is no silence`() {
    var conversation = Conversation(.auto)
    conversation.ownerPauses(for: .seconds(60))
    #expect(conversation.session.deadline == conversation.now + .seconds(10))
  }

  @Test(arguments: DeviceProtocol.allCases)
  func `ALPN overrules the device's protocol`(deviceProtocol: DeviceProtocol) {
    var conversation = Conversation(deviceProtocol, alpn: "mqtt")
    conversation.device(sends: Self.connect)
    #expect(Self.spoken(conversation) == .mqtt)
  }

  @Test func `an ALPN that is not ours changes nothing`() {
    #expect(Self.spoken(Conversation(.lines, alpn: "http/1.1")) == .lines)
  }

  @Test(arguments: [DeviceProtocol.lines, .frames])
  func `the device's protocol is not looked for`(deviceProtocol: DeviceProtocol) {
    #expect(Self.spoken(Conversation(deviceProtocol)) == deviceProtocol)
  }

  @Test func `a device set to mqtt that sends a line is closed`() {
    var conversation = Conversation(.mqtt)
    conversation.device(sends: bytes("'hello' 0A"))
    #expect(conversation.actions.end?.reason == .protocolError)
  }

  @Test func `a connection that ends before it says anything was never open`() {
    var conversation = Conversation(.auto)
    conversation.deviceCloses()
    let text = "the device closed the connection before it said anything"
    #expect(conversation.actions == [.close(SessionEnd(reason: .disconnected, text: text))])
  }

  @Test func `a gateway that closes before anything was said`() {
    var conversation = Conversation(.auto)
    conversation.gatewayCloses(.shutdown)
    #expect(conversation.actions == [.close(SessionEnd(reason: .shutdown, text: "asked"))])
  }
}
