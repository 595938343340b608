import CMosquitto

// Each callback is three lines: find the client, translate, tell it.
extension MosquittoClient {
  func setCallbacks() {
    unsafe mosquitto_connect_v5_callback_set(handle) { _, client, reason, flags, properties in
      guard let client = unsafe MosquittoClient.from(client) else { return }
      var receiveMaximum: UInt16 = .max  // what holds when the broker says nothing (MQTT 5 §3.2.2.3.3)
      unsafe mosquitto_property_read_int16(properties, CInt(MQTT_PROP_RECEIVE_MAXIMUM.rawValue), &receiveMaximum, false)
      let session = BrokerSession(receiveMaximum: Int(receiveMaximum), isPresent: flags & 1 != 0)
      client.connectionAnswered(UInt8(clamping: reason), session)
    }
    unsafe mosquitto_publish_v5_callback_set(handle) { _, client, id, reason, _ in
      guard let client = unsafe MosquittoClient.from(client) else { return }
      client.published(UInt16(truncatingIfNeeded: id), reason: UInt8(clamping: reason))
    }
    unsafe mosquitto_subscribe_v5_callback_set(handle) { _, client, id, count, codes, _ in
      guard let client = unsafe MosquittoClient.from(client), count > 0, let codes = unsafe codes else { return }
      client.subscribed(UInt16(truncatingIfNeeded: id), reason: UInt8(clamping: unsafe codes.pointee))
    }
    unsafe mosquitto_message_v5_callback_set(handle) { _, client, message, properties in
      guard let client = unsafe MosquittoClient.from(client), let message = unsafe message else { return }
      if let received = unsafe ReceivedMessage(message.pointee, properties) { client.received(received) }
    }
    unsafe mosquitto_disconnect_v5_callback_set(handle) { _, client, code, _ in
      guard let client = unsafe MosquittoClient.from(client) else { return }
      client.disconnected(MosquittoCode.text(of: code))
    }
  }

  func listenToComplaints() {
    unsafe mosquitto_log_callback_set(handle) { _, client, level, text in
      guard let client = unsafe MosquittoClient.from(client), let text = unsafe text else { return }
      if level & CInt(MOSQ_LOG_ERR | MOSQ_LOG_WARNING) != 0 { client.complained(unsafe String(cString: text)) }
    }
  }

  /// libmosquitto formats a line for each packet as long as somebody listens.
  func stopListeningToComplaints() { unsafe mosquitto_log_callback_set(handle, nil) }

  private static func from(_ userData: UnsafeMutableRawPointer?) -> MosquittoClient? {
    guard let userData = unsafe userData else { return nil }
    return unsafe Unmanaged<MosquittoClient>.fromOpaque(userData).takeUnretainedValue()
  }
}
