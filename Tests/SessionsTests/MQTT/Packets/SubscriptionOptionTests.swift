import Model
import Testing

@testable import Sessions

/// What SUBSCRIBE says in MQTT 5 beside filters: options, an identifier, shared subscriptions.
struct SubscriptionOptionTests {
  private static func subscribed(_ request: SubscriptionRequest, identifier: Int? = nil) -> [SessionAction] {
    [.subscribe(SessionSubscribe(packetID: 1, requests: [request], identifier: identifier))]
  }

  private static let plain = SubscriptionRequest(filter: filter("a"), qos: .atMostOnce)

  static let valid: [PacketRow] = [
    PacketRow("no options", "§3.8.3.1", bytes("82 07 0001 00 0001 'a' 00"), subscribed(plain)),
    PacketRow(
      "QoS 2", "§3.8.3.1", bytes("82 07 0001 00 0001 'a' 02"),
      subscribed(SubscriptionRequest(filter: filter("a"), qos: .exactlyOnce))),
    PacketRow(
      "No Local", "[MQTT-3.8.3-3]", bytes("82 07 0001 00 0001 'a' 04"),
      subscribed(SubscriptionRequest(filter: filter("a"), qos: .atMostOnce, noLocal: true))),
    PacketRow(
      "Retain As Published", "§3.8.3.1", bytes("82 07 0001 00 0001 'a' 08"),
      subscribed(SubscriptionRequest(filter: filter("a"), qos: .atMostOnce, retainAsPublished: true))),
    PacketRow(
      "Retain Handling 1", "[MQTT-3.3.1-10]", bytes("82 07 0001 00 0001 'a' 10"),
      subscribed(SubscriptionRequest(filter: filter("a"), qos: .atMostOnce, retainHandling: .sendIfNew))),
    PacketRow(
      "Retain Handling 2", "[MQTT-3.3.1-11]", bytes("82 07 0001 00 0001 'a' 20"),
      subscribed(SubscriptionRequest(filter: filter("a"), qos: .atMostOnce, retainHandling: .never))),
    PacketRow(
      "all of them", "§3.8.3.1", bytes("82 07 0001 00 0001 'a' 2D"),
      subscribed(
        SubscriptionRequest(
          filter: filter("a"), qos: .atLeastOnce, noLocal: true, retainAsPublished: true, retainHandling: .never))),
    PacketRow(
      "an identifier", "§3.8.2.1.2", bytes("82 09 0001 02 0B01 0001 'a' 00"), subscribed(plain, identifier: 1)),
    PacketRow(
      "the largest identifier", "§3.8.2.1.2", bytes("82 0C 0001 05 0BFFFFFF7F 0001 'a' 00"),
      subscribed(plain, identifier: 268_435_455)),
    PacketRow(
      "user properties, as often as it likes", "§3.8.2.1.3",
      bytes("82 15 0001 0E 26 0001 'k' 0001 'v' 26 0001 'k' 0001 'v' 0001 'a' 00"), subscribed(plain)),
    PacketRow(
      "a shared subscription", "§4.8.2", packet(0x82, bytes("0001 00") + text("$share/g/a/+") + [0x01]),
      subscribed(SubscriptionRequest(filter: filter("$share/g/a/+"), qos: .atLeastOnce))),
    PacketRow(
      "what only looks like one", "§4.8.2", packet(0x82, bytes("0001 00") + text("$share") + [0x04]),
      subscribed(SubscriptionRequest(filter: filter("$share"), qos: .atMostOnce, noLocal: true))),
  ]

  @Test(arguments: valid)
  func `hands a SUBSCRIBE of 5.0 to its owner`(row: PacketRow) {
    row.check(on: .connected(.v5))
  }

  private static let groupInvalid = SessionError.filterInvalid(
    reason: "a shared subscription is '$share/', a name without wildcards, '/', a filter")

  static let broken: [PacketRow] = [
    PacketRow(
      "no filter", "[MQTT-3.8.3-2]", bytes("82 03 0001 00"), .disconnect, 0x82, refusedFor: .filtersMissing(.subscribe)),
    PacketRow(
      "no properties", "§3.8.2.1", bytes("82 02 0001"), .disconnect, 0x81, refusedFor: .packetTruncated(.subscribe)),
    PacketRow(
      "packet identifier 0", "[MQTT-2.2.1-3]", bytes("82 07 0000 00 0001 'a' 00"), .disconnect, 0x82,
      refusedFor: .packetIDZero(.subscribe)),
    PacketRow(
      "QoS 3", "§3.8.3.1", bytes("82 07 0001 00 0001 'a' 03"), .disconnect, 0x82, refusedFor: .qosInvalid(.subscribe)),
    PacketRow(
      "Retain Handling 3", "§3.8.3.1", bytes("82 07 0001 00 0001 'a' 30"), .disconnect, 0x82,
      refusedFor: .retainHandlingInvalid),
    PacketRow(
      "the first reserved bit", "[MQTT-3.8.3-5]", bytes("82 07 0001 00 0001 'a' 40"), .disconnect, 0x81,
      refusedFor: .subscriptionOptionsInvalid),
    PacketRow(
      "the second reserved bit", "[MQTT-3.8.3-5]", bytes("82 07 0001 00 0001 'a' 80"), .disconnect, 0x81,
      refusedFor: .subscriptionOptionsInvalid),
    PacketRow(
      "No Local on a shared subscription", "[MQTT-3.8.3-4]",
      packet(0x82, bytes("0001 00") + text("$share/g/a") + [0x04]),
      .disconnect, 0x82, refusedFor: .noLocalOnShared),
    PacketRow(
      "a share name with +", "[MQTT-4.8.2-2]", packet(0x82, bytes("0001 00") + text("$share/g+/a") + [0]),
      .disconnect, 0x81, refusedFor: groupInvalid),
    PacketRow(
      "an empty share name", "[MQTT-4.8.2-1]", packet(0x82, bytes("0001 00") + text("$share//a") + [0]),
      .disconnect, 0x81, refusedFor: groupInvalid),
    PacketRow(
      "a share without a filter", "[MQTT-4.8.2-2]", packet(0x82, bytes("0001 00") + text("$share/g/") + [0]),
      .disconnect, 0x81, refusedFor: .filterInvalid(reason: "it is empty")),
    PacketRow(
      "identifier 0", "§3.8.2.1.2", bytes("82 09 0001 02 0B00 0001 'a' 00"), .disconnect, 0x82,
      refusedFor: .propertyInvalid(.subscribe, .subscriptionIdentifier)),
    PacketRow(
      "two identifiers", "§3.8.2.1.2", bytes("82 0B 0001 04 0B010B02 0001 'a' 00"), .disconnect, 0x82,
      refusedFor: .propertyRepeated(.subscribe, .subscriptionIdentifier)),
    PacketRow(
      "an identifier of five bytes", "§1.5.5", bytes("82 0D 0001 06 0B8080808001 0001 'a' 00"), .disconnect, 0x81,
      refusedFor: .variableIntegerMalformed(.subscribe)),
    PacketRow(
      "a property of PUBLISH", "§2.2.2.2", bytes("82 09 0001 02 0101 0001 'a' 00"), .disconnect, 0x81,
      refusedFor: .propertyUnknown(.subscribe, identifier: 1)),
  ]

  @Test(arguments: broken)
  func `closes on a broken SUBSCRIBE of 5.0, and says why`(row: PacketRow) {
    row.check(on: .connected(.v5))
  }
}
