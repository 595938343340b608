import Model
import Sessions

/// The promises about what a device is sent: no more under way than it takes, nothing twice over one connection, each
/// message with one end.
struct Downlink {
  /// The most messages that may be under way, and the largest packet.
  var (receiveMaximum, maximumPacketSize) = (0, Int.max)
  private var next: Int64 = 1
  /// Messages that have not reached their end.
  private var outstanding: Set<Int64> = []
  /// Those that were sent over this connection or an earlier one, by their identifiers.
  private var flights: [UInt16: Int64] = [:]
  /// Those of them that were sent as PUBLISH over this one.
  private var sentHere: Set<UInt16> = []

  /// Another message for the device; it says its number itself.
  mutating func make(_ argument: Int, _ now: ContinuousClock.Instant) -> SessionDelivery? {
    guard let qos = QualityOfService(rawValue: UInt8(argument % 3)), let topic = try? Topic("t\(argument / 4)") else {
      return nil
    }
    let number = next
    next += 1
    let payload =
      (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } + Array(repeating: 0, count: argument * 2)
    let properties: [MessageProperty] =
      argument & 4 == 0 ? [] : [.messageExpiryInterval(30), .userProperty(name: "k", value: "v")]
    outstanding.insert(number)
    return SessionDelivery(
      Message(topic: topic, payload: payload, qos: qos, retain: argument & 8 != 0, properties: properties),
      subscriptionIdentifiers: argument & 2 == 0 ? [] : [argument], sequence: number, arrived: now)
  }

  mutating func sent(_ packet: SentPacket, _ version: MQTTVersion) {
    guard packet.kind == 3 else { return }
    expect(packet.count <= maximumPacketSize, "a PUBLISH that is larger than the device takes")
    let (qos, packetID, payload) = packet.publish(version)
    guard qos > 0 else { return }
    let number = payload.prefix(4).reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
    expect(outstanding.contains(number), "a message after its end")
    if packet.flags & 8 == 0 {
      expect(flights[packetID] == nil, "an identifier that is in use")
      expect(!flights.values.contains(number), "a message twice, without DUP")
      flights[packetID] = number
    } else {
      expect(flights[packetID] == number, "a repetition of something else")
    }
    expect(sentHere.insert(packetID).inserted, "a message twice over one connection")
    expect(sentHere.count <= receiveMaximum, "more under way than the device takes")
  }

  mutating func finished(_ number: Int64) {
    expect(outstanding.remove(number) != nil, "a message with two ends")
    guard let packetID = flights.first(where: { $0.value == number })?.key else { return }
    flights[packetID] = nil
    sentHere.remove(packetID)
  }

  /// Another connection begins, which goes on with `state`.
  mutating func connectionBegins(_ state: SessionState) {
    sentHere = []
    let underWay = Set(state.sequencesUnderWay)
    expect(underWay == Set(flights.values), "the state has other messages under way than were sent")
    expect(underWay.isSubset(of: outstanding), "the state has messages that have reached their end")
  }

  /// Messages that were not sent yet are forgotten.
  mutating func dropQueue(of state: SessionState) { outstanding = Set(state.sequencesUnderWay) }

  /// Nothing is left of the session.
  mutating func forget() { (outstanding, flights, sentHere) = ([], [:], []) }
}
