import FoundationEssentials
import Model
import Testing

@testable import Routing

/// The retained messages that say who is there.
struct PresenceTests {
  private static func connection(identity: [UInt8] = Array("me".utf8)) -> Presence.Connection {
    Presence.Connection(
      address: "192.0.2.7:4711", deviceProtocol: .mqtt, tls: "TLSv1.3", cipher: "TLS_AES_128_GCM_SHA256",
      identity: identity)
  }

  @Test func `online says how the device is connected`() throws {
    let presence = Presence.online(gateway: "node-1", since: .sample, connection: Self.connection())
    let message = presence.message(to: try Topic("devices/d1/status"))
    #expect(message.topic.name == "devices/d1/status")
    #expect(message.qos == .atLeastOnce)
    #expect(message.retain)
    #expect(
      message.text
        == #"{"address":"192.0.2.7:4711","cipher":"TLS_AES_128_GCM_SHA256","gateway":"node-1","identity":"me","online":"#
        + #"true,"protocol":"mqtt","since":"2026-01-02T03:04:05Z","tls":"TLSv1.3"}"#)
  }

  @Test(arguments: OfflineReason.allCases)
  func `offline says why`(reason: OfflineReason) throws {
    let message = Presence.offline(gateway: "n", since: .sample, reason: reason).message(to: try Topic("s"))
    #expect(
      message.text
        == #"{"gateway":"n","online":false,"reason":"\#(reason.rawValue)","since":"2026-01-02T03:04:05Z"}"#)
    #expect(message.retain)
  }

  @Test(arguments: [
    (Array("a/b".utf8), #""identity":"a/b""#), (Array("\"\\\n".utf8), #""identity":"\"\\\n""#),
    (Array("ä😀".utf8), #""identity":"ä😀""#), ([0x61, 0], #""identity":"a\u0000""#), ([], #""identity":"""#),
  ])
  func `an identity is any UTF-8`(identity: [UInt8], part: String) throws {
    let presence = Presence.online(gateway: "n", since: .sample, connection: Self.connection(identity: identity))
    #expect(presence.message(to: try Topic("s")).text.contains(part))
  }

  @Test(arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80]] as [[UInt8]])
  func `an identity that is not UTF-8 is left out`(identity: [UInt8]) throws {
    let presence = Presence.online(gateway: "n", since: .sample, connection: Self.connection(identity: identity))
    #expect(!presence.message(to: try Topic("s")).text.contains("identity"))
  }

  @Test(arguments: [
    (
      GatewayPresence.online("node-1", since: .sample),
      #"{"gateway":"node-1","online":true,"since":"2026-01-02T03:04:05Z"}"#
    ),
    (.offline("node-1"), #"{"gateway":"node-1","online":false}"#),
    (.offline("node-1", since: .sample), #"{"gateway":"node-1","online":false,"since":"2026-01-02T03:04:05Z"}"#),
  ])
  func `the gateway says whether it is there`(status: GatewayPresence, text: String) throws {
    let message = try status.message(in: .make())
    #expect(message.text == text)
    #expect(message.topic.name == "gateways/node-1/status")
    #expect(message.qos == .atLeastOnce)
    #expect(message.retain)
  }
}
