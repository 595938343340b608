import Model
import Sessions

/// The promises about what a device publishes: nothing is acknowledged before it was settled.
struct Uplink {
  /// What waits for its outcome.
  private var waiting: [SessionPublish] = []
  /// What waited at QoS 2 when the last connection ended.
  private var left: [PublishToken] = []
  /// How many were settled at QoS 1 and 2 and not acknowledged.
  private var (settledOnce, settledExactlyOnce) = (0, 0)
  /// The identifiers of QoS 2 that PUBREC was sent for, and no PUBCOMP.
  private var received: Set<UInt16> = []

  mutating func published(_ publish: SessionPublish) {
    expect((publish.qos == .atMostOnce) == (publish.token == nil), "a token for QoS 0, or none for QoS 1")
    if publish.token != nil { waiting.append(publish) }
  }

  /// Takes the next message to settle.
  mutating func settle(_ index: Int) -> PublishToken? {
    guard !waiting.isEmpty else { return nil }
    let publish = waiting.remove(at: index % waiting.count)
    if publish.qos == .exactlyOnce { settledExactlyOnce += 1 } else { settledOnce += 1 }
    return publish.token
  }

  /// Takes the next message to settle that an earlier connection has left.
  mutating func settleLeft(_ index: Int) -> PublishToken? {
    guard !left.isEmpty else { return nil }
    settledExactlyOnce += 1
    return left.remove(at: index % left.count)
  }

  mutating func sent(_ packet: SentPacket, _ version: MQTTVersion) {
    switch packet.kind {
    case 4:
      settledOnce -= 1
      expect(settledOnce >= 0, "a PUBACK before its message was settled")
    case 5:
      // Said before, it may be said again.
      guard !received.contains(packet.packetID) else { return }
      settledExactlyOnce -= 1
      expect(settledExactlyOnce >= 0, "a PUBREC before its message was settled")
      if packet.reason < 0x80 { received.insert(packet.packetID) }
    case 7:
      let isKnown = received.remove(packet.packetID) != nil
      expect(version == .v3 || isKnown == (packet.reason == 0), "a PUBCOMP that says what is not so")
    default: break
    }
  }

  /// A line or frame was answered.
  mutating func answered() {
    settledOnce -= 1
    expect(settledOnce >= 0, "an answer before its message was settled")
  }

  /// The connection has ended. What was settled and not answered may be answered over the next one.
  mutating func connectionEnded() {
    left += waiting.compactMap { $0.qos == .exactlyOnce ? $0.token : nil }
    waiting = []
    settledOnce = 0
  }

  /// Another one goes on with the session.
  mutating func connectionBegins() { left = [] }

  /// Nothing is left of the session.
  mutating func forget() { (received, left, settledExactlyOnce) = ([], [], 0) }
}
