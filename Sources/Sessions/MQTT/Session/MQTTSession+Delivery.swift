import Model

// What the device is sent.
extension MQTTSession {
  /// How many bytes are written in one go; the rest waits until the connection has taken them.
  private static let burst = 64 << 10

  /// Whether something waits that could be sent now.
  var hasNext: Bool {
    guard case .connected = stage else { return false }
    return isWritable && outbound.hasNext(limit: receiveMaximum)
  }

  /// A message for the device.
  mutating func deliver(
    _ delivery: SessionDelivery, now: ContinuousClock.Instant, into actions: inout [SessionAction]
  ) {
    guard outbound.hasRoom(for: delivery, settings.limits) else { return drop(delivery, into: &actions) }
    outbound.append(delivery)
    pump(now, into: &actions)
  }

  /// Sends what may be sent.
  mutating func pump(_ now: ContinuousClock.Instant, into actions: inout [SessionAction]) {
    guard case .connected = stage, !isClosed else { return }
    var written = 0
    while isWritable, written < Self.burst, let step = outbound.next(limit: receiveMaximum) {
      switch step {
      case .release(let packetID):
        actions.append(.send(MQTTReply.acknowledgement(.pubrel, packetID, .success, version)))
      case .publish(let delivery, let packetID, let duplicate):
        guard let bytes = packet(delivery, packetID, duplicate: duplicate, now) else {
          if let packetID {
            _ = outbound.finish(packetID, isExactlyOnce: delivery.message.qos == .exactlyOnce)
          }
          drop(delivery, into: &actions)
          continue
        }
        written += bytes.count
        actions.append(.send(bytes))
      }
    }
  }

  /// PUBACK or PUBCOMP: the message has reached its end. One that nobody waits for is no error: the session may have been
  /// loaded from disk, where identifiers are not kept.
  mutating func finish(_ packetID: UInt16, isExactlyOnce: Bool, into actions: inout [SessionAction]) {
    guard let delivery = outbound.finish(packetID, isExactlyOnce: isExactlyOnce) else { return }
    if let sequence = delivery.sequence { actions.append(.finished(sequence: sequence)) }
  }

  /// PUBREC: PUBREL follows, unless the device refuses the message [MQTT-4.3.3-4].
  mutating func received(_ pubrec: AcknowledgementPacket, into actions: inout [SessionAction]) {
    if pubrec.reason.isFailure {
      finish(pubrec.packetID, isExactlyOnce: true, into: &actions)
    } else {
      let reason: ReasonCode = outbound.release(pubrec.packetID) ? .success : .packetIdentifierNotFound
      actions.append(.send(MQTTReply.acknowledgement(.pubrel, pubrec.packetID, reason, version)))
    }
  }

  private func drop(_ delivery: SessionDelivery, into actions: inout [SessionAction]) {
    actions.append(.dropped(delivery))
    if let sequence = delivery.sequence { actions.append(.finished(sequence: sequence)) }
  }

  /// The PUBLISH; nil for a message that is of no use any more [MQTT-3.3.2-5], or larger than the device takes
  /// [MQTT-3.1.2-24].
  private mutating func packet(
    _ delivery: SessionDelivery, _ packetID: UInt16?, duplicate: Bool, _ now: ContinuousClock.Instant
  ) -> [UInt8]? {
    let message = delivery.message
    // Once it was sent, a message of QoS 2 does not expire [MQTT-4.3.3-7].
    let isUnderWay = duplicate && message.qos == .exactlyOnce
    let aged = message.properties.aged(by: now - delivery.arrived)
    guard let properties = aged ?? (isUnderWay ? message.properties.expired : nil) else { return nil }

    func bytes(topic: String, alias: UInt16?) -> [UInt8]? {
      let bytes = MQTTReply.publish(
        delivery, topic: topic, alias: alias, packetID: packetID, duplicate: duplicate, properties: properties, version)
      return bytes.count <= maximumPacketSize ? bytes : nil
    }
    let name = message.topic.name
    guard outboundAliases.limit > 0, let alias = outboundAliases.alias(for: message.topic) else {
      return bytes(topic: name, alias: nil)
    }
    if let packet = bytes(topic: alias.isKnown ? "" : name, alias: alias.number) { return packet }
    guard !alias.isKnown else { return nil }
    // An alias that the device was to learn from it stays unknown to it; without, it may be small enough.
    outboundAliases.forget(message.topic)
    return bytes(topic: name, alias: nil)
  }
}
