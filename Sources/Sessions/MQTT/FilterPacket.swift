import Model

/// A SUBSCRIBE or UNSUBSCRIBE: topic filters under one packet identifier (MQTT 3.1.1 §3.8, §3.10).
struct FilterPacket: Equatable {
  /// What the SUBACK or UNSUBACK will name.
  var packetID: UInt16
  /// What is wanted, or wanted no more; at least one.
  var filters: [TopicFilter]
  /// The QoS wanted for each filter; empty in an UNSUBSCRIBE.
  var qos: [QualityOfService]

  /// Reads the fields behind `header`.
  init(_ header: FixedHeader, of bytes: Span<UInt8>) throws(SessionError) {
    var reader = PacketReader(header)
    packetID = try reader.packetID(of: bytes)
    filters = []
    qos = []
    repeat {
      guard !reader.isAtEnd else { throw .filtersMissing(header.kind) }
      filters.append(try Self.filter(reader.text(of: bytes)))
      if header.kind == .subscribe { qos.append(try Self.qos(reader.byte(of: bytes))) }
    } while !reader.isAtEnd
  }

  private static func filter(_ pattern: String) throws(SessionError) -> TopicFilter {
    do {
      return try TopicFilter(pattern)
    } catch {
      throw .filterInvalid(reason: error.reason)
    }
  }

  private static func qos(_ options: UInt8) throws(SessionError) -> QualityOfService {
    guard options & 0xFC == 0 else { throw .subscriptionOptionsInvalid }
    guard let qos = QualityOfService(rawValue: options) else { throw .qosInvalid(.subscribe) }
    return qos
  }
}
