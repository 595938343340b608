import Model
import Testing

@testable import Sessions

/// SUBSCRIBE and its answer.
struct SubscribeTests {
  private static func subscribed(
    _ packetID: UInt16, _ requests: SubscriptionRequest..., identifier: Int? = nil
  ) -> [SessionAction] {
    [.subscribe(SessionSubscribe(packetID: packetID, requests: requests, identifier: identifier))]
  }

  private static func request(_ text: String, _ qos: QualityOfService = .atMostOnce) -> SubscriptionRequest {
    SubscriptionRequest(filter: filter(text), qos: qos)
  }

  static let valid: [PacketRow] = [
    PacketRow(
      "one filter", "§3.8.3", bytes("82 08 0001 0003 'a/b' 01"), subscribed(1, request("a/b", .atLeastOnce))),
    PacketRow(
      "three filters", "[MQTT-3.8.4-4]", bytes("82 0F 1234 0001 'a' 00 0002 '+/' 01 0001 '#' 02"),
      subscribed(0x1234, request("a"), request("+/", .atLeastOnce), request("#", .exactlyOnce))),
    PacketRow(
      "the largest packet identifier", "§2.3.1", bytes("82 06 FFFF 0001 'a' 00"), subscribed(.max, request("a"))),
    PacketRow(
      "the same filter twice", "[MQTT-3.8.4-4]", bytes("82 0A 0001 0001 'a' 00 0001 'a' 01"),
      subscribed(1, request("a"), request("a", .atLeastOnce))),
  ]

  @Test(arguments: valid)
  func `hands a SUBSCRIBE to its owner`(row: PacketRow) {
    row.check(on: .connected())
  }

  static let broken: [PacketRow] = [
    PacketRow("no filter", "[MQTT-3.8.3-3]", bytes("82 02 0001"), refusedFor: .filtersMissing(.subscribe)),
    PacketRow(
      "packet identifier 0", "[MQTT-2.3.1-1]", bytes("82 06 0000 0001 'a' 00"), refusedFor: .packetIDZero(.subscribe)),
    PacketRow("no QoS", "§3.8.3", bytes("82 05 0001 0001 'a'"), refusedFor: .packetTruncated(.subscribe)),
    PacketRow("QoS 3", "[MQTT-3-8.3-4]", bytes("82 06 0001 0001 'a' 03"), refusedFor: .qosInvalid(.subscribe)),
    PacketRow(
      "an option of 5.0", "[MQTT-3-8.3-4]", bytes("82 06 0001 0001 'a' 05"), refusedFor: .subscriptionOptionsInvalid),
    PacketRow(
      "an empty filter", "[MQTT-4.7.3-1]", bytes("82 05 0001 0000 00"),
      refusedFor: .filterInvalid(reason: "it is empty")),
    PacketRow(
      "# in the middle", "[MQTT-4.7.1-2]", bytes("82 08 0001 0003 '#/a' 00"),
      refusedFor: .filterInvalid(reason: "'#' stands alone in the last level")),
    PacketRow(
      "+ beside a letter", "[MQTT-4.7.1-3]", bytes("82 07 0001 0002 'a+' 00"),
      refusedFor: .filterInvalid(reason: "'+' stands alone in its level")),
    PacketRow("what is not UTF-8", "[MQTT-3.8.3-1]", bytes("82 06 0001 0001 FF 00"), refusedFor: .textInvalid),
  ]

  @Test(arguments: broken)
  func `closes without a word on a broken SUBSCRIBE of 3.1.1`(row: PacketRow) {
    row.check(on: .connected())
  }

  @Test func `closes on more filters than the limit`() {
    let limits = SessionLimits.with { $0.maximumFilters = 2 }
    let two = bytes("82 0A 0001 0001 'a' 00 0001 'b' 00")
    PacketRow("two", "the limit", two, Self.subscribed(1, Self.request("a"), Self.request("b")))
      .check(on: .connected(limits: limits))
    PacketRow(
      "three", "the limit", bytes("82 0F 0001 00 0001 'a' 00 0001 'b' 00 0001 'c' 00"), .disconnect, 0x97,
      refusedFor: .filtersTooMany(count: 3, limit: 2)
    ).check(on: .connected(.v5, limits: limits))
  }

  @Test(arguments: [PacketKind.subscribe, .unsubscribe])
  func `closes on a filter past the limit`(kind: PacketKind) {
    let filter = text(String(repeating: "f", count: 9)) + (kind == .subscribe ? [0] : [])
    PacketRow(
      "\(kind)", "§3.14.2.1", packet(kind.rawValue << 4 | 2, bytes("0001 00") + filter), .disconnect, 0x8F,
      refusedFor: .filterTooLong(bytes: 9, limit: 8)
    ).check(on: .connected(.v5, limits: .with { $0.maximumTopicBytes = 8 }))
  }

  @Test func `reads no more while ten of them are not answered`() {
    var conversation = Conversation.connected()
    let one = bytes("82 06 0001 0001 'a' 00")
    conversation.device(sends: Array(repeating: one, count: 12).flatMap(\.self) + bytes("C0 00"))
    #expect(conversation.actions.count == 11)
    #expect(conversation.takeActions().last == .pauseReading)
    #expect(conversation.session.bufferedBytes == 18)
    conversation.answerSubscribe(1, 0)
    #expect(conversation.takeActions().count == 2, "the eleventh has come in its place")
    for _ in 0..<2 { conversation.answerSubscribe(1, 0) }
    #expect(conversation.takeActions().suffix(2) == [.send(bytes("D0 00")), .resumeReading])
  }

  // MARK: The answer

  @Test func `answers each filter with its code [MQTT-3.8.4-5]`() {
    var conversation = Conversation.connected()
    conversation.answerSubscribe(0x1234, 0, 1, 2, 0x80)
    #expect(conversation.actions == [.send(bytes("90 06 1234 00 01 02 80"))])
  }

  @Test(arguments: [0x87, 0x8F, 0x97] as [UInt8])
  func `knows one failure only in 3.1.1 [MQTT-3.9.3-2]`(code: UInt8) {
    var conversation = Conversation.connected()
    conversation.answerSubscribe(1, code)
    #expect(conversation.actions == [.send(bytes("90 03 0001 80"))])
  }

  @Test func `says which failure in 5.0 [MQTT-3.9.3-1]`() {
    var conversation = Conversation.connected(.v5)
    conversation.answerSubscribe(1, 0x87, 1)
    #expect(conversation.actions == [.send(bytes("90 05 0001 00 87 01"))])
  }

  @Test func `answers so many filters that it takes a longer packet`() {
    var conversation = Conversation.connected()
    conversation.tell { session, _, actions in
      session.subscribed(1, codes: Array(repeating: .success, count: 130), into: &actions)
    }
    #expect(conversation.actions.sent == bytes("90 8401 0001") + Array(repeating: 0, count: 130))
  }

  @Test func `says nothing to a device that has gone`() {
    var conversation = Conversation.connected()
    conversation.device(sends: bytes("82 06 0001 0001 'a' 00 E0 00"))
    _ = conversation.takeActions()
    conversation.answerSubscribe(1, 0)
    conversation.answerUnsubscribe(1, 0)
    #expect(conversation.actions.isEmpty)
  }
}
