import Model
import Testing

@testable import Sessions

/// A CONNECT of MQTT 5 (§3.1).
struct ConnectPropertyTests {
  private static func opened(
    _ clientID: String? = "d1", keepAlive: Duration? = nil, cleanStart: Bool = true, expiry: UInt32 = 0
  ) -> [SessionAction] {
    let connect = SessionConnect(version: .v5, cleanStart: cleanStart, sessionExpiryInterval: expiry)
    let opening = SessionOpening(deviceProtocol: .mqtt, clientID: clientID, keepAlive: keepAlive, connect: connect)
    return [.opened(opening), .pauseReading]
  }

  static let valid: [PacketRow] = [
    PacketRow(
      "no client id", "[MQTT-3.1.3-6]", bytes("10 0D 0004 'MQTT' 05 02 0000 00 0000"), opened(nil)),
    PacketRow(
      "no client id without a clean start", "[MQTT-3.1.3-6]", bytes("10 0D 0004 'MQTT' 05 00 0000 00 0000"),
      opened(nil, cleanStart: false)),
    PacketRow(
      "keep-alive", "[MQTT-3.1.2-22]", bytes("10 0F 0004 'MQTT' 05 02 003C 00 0002 'd1'"),
      opened(keepAlive: .seconds(60))),
    PacketRow("clean start 0 alone keeps nothing", "§3.1.2.11.2", connect5(flags: 0), opened(cleanStart: false)),
    PacketRow(
      "user name and password", "§3.1.2.9",
      connect5(flags: 0xC2, payload: "0002 'me' 0002 FF00"), opened()),
    PacketRow("a password alone", "§3.1.2.9", connect5(flags: 0x42, payload: "0002 'pw'"), opened()),
    PacketRow("Session Expiry Interval", "§3.1.2.11.2", connect5("11 00000E10"), opened(expiry: 3_600)),
    PacketRow("a session without end", "§3.1.2.11.2", connect5("11 FFFFFFFF"), opened(expiry: .max)),
    PacketRow("Receive Maximum", "§3.1.2.11.3", connect5("21 0001"), opened()),
    PacketRow("Maximum Packet Size", "§3.1.2.11.4", connect5("27 00000001"), opened()),
    PacketRow("Topic Alias Maximum", "§3.1.2.11.5", connect5("22 FFFF"), opened()),
    PacketRow("Topic Alias Maximum 0", "§3.1.2.11.5", connect5("22 0000"), opened()),
    PacketRow("Request Response Information", "§3.1.2.11.6", connect5("19 01"), opened()),
    PacketRow("Request Problem Information", "§3.1.2.11.7", connect5("17 00"), opened()),
    PacketRow("a User Property", "§3.1.2.11.8", connect5("26 0001 'k' 0000"), opened()),
    PacketRow(
      "the same User Property twice", "§3.1.2.11.8", connect5("26 0001 'k' 0001 'v' 26 0001 'k' 0001 'v'"), opened()),
    PacketRow(
      "all of them, in another order", "§2.2.2.2",
      connect5("27 00010000 26 0001 'k' 0001 'v' 22 0005 17 01 21 0014 19 00 11 0000000A"), opened(expiry: 10)),
    PacketRow(
      "properties so long that their length takes two bytes", "§2.2.2.1",
      connect5("26 0001 'k' 00C8" + String(repeating: "'v'", count: 200)), opened()),
  ]

  @Test(arguments: valid)
  func `asks its owner about a device of 5.0`(row: PacketRow) {
    row.check(on: Conversation(.mqtt))
  }

  static let once: [(golden: String, name: PacketProperties.Name)] = [
    ("11 00000001", .sessionExpiryInterval), ("21 0001", .receiveMaximum), ("27 00000010", .maximumPacketSize),
    ("22 0001", .topicAliasMaximum), ("19 01", .requestResponseInformation), ("17 01", .requestProblemInformation),
    ("15 0001 'm'", .authenticationMethod), ("16 0001 'd'", .authenticationData),
  ]

  @Test(arguments: once)
  func `refuses a property that is there twice`(golden: String, name: PacketProperties.Name) {
    PacketRow(
      "\(name)", "§3.1.2.11", connect5(golden + golden), .connack, 0x82, refusedFor: .propertyRepeated(.connect, name)
    ).check(on: Conversation(.mqtt))
  }

  /// Those of other packets, those that only a server sends, and those that do not exist.
  static let foreign: [(golden: String, identifier: Int)] = [
    ("01 01", 0x01), ("02 00000001", 0x02), ("03 0001 'c'", 0x03), ("08 0001 'r'", 0x08), ("09 0001 00", 0x09),
    ("0B 01", 0x0B), ("12 0001 'i'", 0x12), ("13 0001", 0x13), ("18 00000001", 0x18), ("1A 0001 'i'", 0x1A),
    ("1C 0001 's'", 0x1C), ("1F 0001 'r'", 0x1F), ("23 0001", 0x23), ("24 01", 0x24), ("25 01", 0x25),
    ("28 01", 0x28), ("29 01", 0x29), ("2A 01", 0x2A), ("00", 0), ("2B 00", 0x2B), ("FF7F", 0x3FFF),
  ]

  @Test(arguments: foreign)
  func `refuses a property that CONNECT does not have`(golden: String, identifier: Int) {
    PacketRow(
      golden, "§2.2.2.2", connect5(golden), .connack, 0x81,
      refusedFor: .propertyUnknown(.connect, identifier: identifier)
    ).check(on: Conversation(.mqtt))
  }

  static let wrong: [(golden: String, name: PacketProperties.Name)] = [
    ("21 0000", .receiveMaximum), ("27 00000000", .maximumPacketSize), ("19 02", .requestResponseInformation),
    ("17 02", .requestProblemInformation), ("16 0001 'd'", .authenticationData),
  ]

  @Test(arguments: wrong)
  func `refuses a value that a property cannot have`(golden: String, name: PacketProperties.Name) {
    PacketRow(
      golden, "§3.1.2.11", connect5(golden), .connack, 0x82, refusedFor: .propertyInvalid(.connect, name)
    ).check(on: Conversation(.mqtt))
  }

  static let malformed: [(golden: String, error: SessionError)] = [
    ("11 000000", .packetTruncated(.connect)), ("21 00", .packetTruncated(.connect)),
    ("22", .packetTruncated(.connect)), ("26 0001 'k'", .packetTruncated(.connect)),
    ("26 0001 'k' 0002 'v'", .packetTruncated(.connect)), ("26 0001 FF 0001 'v'", .textInvalid),
    ("26 0001 'k' 0001 00", .textInvalid), ("80808080 01", .variableIntegerMalformed(.connect)),
    ("80", .packetTruncated(.connect)),
  ]

  @Test(arguments: malformed)
  func `refuses properties that cannot be read`(golden: String, error: SessionError) {
    PacketRow(golden, "[MQTT-1.5.4-1] [MQTT-1.5.7-1]", connect5(golden), .connack, 0x81, refusedFor: error)
      .check(on: Conversation(.mqtt))
  }
}
