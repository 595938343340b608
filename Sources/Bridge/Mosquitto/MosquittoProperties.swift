import CMosquitto
import Glibc
import Model

extension MosquittoClient {
  /// Lends `body` these properties as libmosquitto has them; nil for none.
  func withProperties<Result>(_ properties: [MessageProperty], _ body: (OpaquePointer?) -> Result) -> Result {
    guard !properties.isEmpty, version == .v5 else { return body(nil) }
    var list: OpaquePointer?
    defer { unsafe mosquitto_property_free_all(&list) }
    for property in properties { unsafe Self.add(property, to: &list) }
    return unsafe body(list)
  }

  /// It fails only without memory; then the property is missing.
  private static func add(_ property: MessageProperty, to list: inout OpaquePointer?) {
    let identifier = CInt(property.identifier.rawValue)
    switch property {
    case .payloadFormatIndicator(let value): unsafe mosquitto_property_add_byte(&list, identifier, value)
    case .messageExpiryInterval(let seconds): unsafe mosquitto_property_add_int32(&list, identifier, seconds)
    case .contentType(let text): unsafe mosquitto_property_add_string(&list, identifier, text)
    case .responseTopic(let topic): unsafe mosquitto_property_add_string(&list, identifier, topic.name)
    case .correlationData(let data):
      unsafe mosquitto_property_add_binary(&list, identifier, data, UInt16(clamping: data.count))
    case .userProperty(let name, let value):
      unsafe mosquitto_property_add_string_pair(&list, identifier, name, value)
    }
  }
}

extension ReceivedMessage {
  /// The message as libmosquitto lends it to a callback; nil for one whose topic is none.
  init?(_ received: mosquitto_message, _ properties: OpaquePointer?) {
    guard let name = unsafe received.topic, let topic = try? Topic(unsafe String(cString: name)),
      let qos = QualityOfService(rawValue: UInt8(clamping: unsafe received.qos))
    else { return nil }
    let count = Int(unsafe received.payloadlen)
    let payload =
      if count > 0, let start = unsafe received.payload {
        unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
      } else { [UInt8]() }
    message = Message(topic: topic, payload: payload, qos: qos, retain: unsafe received.retain)
    subscriptionIdentifiers = []
    var next = unsafe properties
    while let property = unsafe next {
      unsafe take(property)
      unsafe next = mosquitto_property_next(property)
    }
  }

  private mutating func take(_ property: OpaquePointer) {
    let identifier = unsafe mosquitto_property_identifier(property)
    if identifier == CInt(MQTT_PROP_SUBSCRIPTION_IDENTIFIER.rawValue) {
      var value: UInt32 = 0
      unsafe mosquitto_property_read_varint(property, identifier, &value, false)
      subscriptionIdentifiers.append(Int(value))
    } else if let known = unsafe MessageProperty(property, identifier) {
      message.properties.append(known)
    }
  }
}

extension MessageProperty {
  /// The first property of a list, if it is one that travels with a message.
  fileprivate init?(_ property: OpaquePointer, _ identifier: CInt) {
    switch UInt8(exactly: identifier).flatMap(Identifier.init(rawValue:)) {
    case .payloadFormatIndicator:
      var value: UInt8 = 0
      unsafe mosquitto_property_read_byte(property, identifier, &value, false)
      self = .payloadFormatIndicator(value)
    case .messageExpiryInterval:
      var value: UInt32 = 0
      unsafe mosquitto_property_read_int32(property, identifier, &value, false)
      self = .messageExpiryInterval(value)
    case .contentType:
      guard let text = unsafe Self.text(property, identifier) else { return nil }
      self = .contentType(text)
    case .responseTopic:
      guard let text = unsafe Self.text(property, identifier), let topic = try? Topic(text) else { return nil }
      self = .responseTopic(topic)
    case .correlationData:
      var (start, count): (UnsafeMutableRawPointer?, UInt16) = (nil, 0)
      guard unsafe mosquitto_property_read_binary(property, identifier, &start, &count, false) != nil else {
        return nil
      }
      defer { unsafe free(start) }
      self = unsafe .correlationData(Array(UnsafeRawBufferPointer(start: start, count: Int(count))))
    case .userProperty:
      var (name, value): (UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?) = (nil, nil)
      unsafe mosquitto_property_read_string_pair(property, identifier, &name, &value, false)
      // libmosquitto has made copies for us.
      defer {
        unsafe free(name)
        unsafe free(value)
      }
      guard let name = unsafe name, let value = unsafe value else { return nil }
      self = unsafe .userProperty(name: String(cString: name), value: String(cString: value))
    case nil: return nil
    }
  }

  private static func text(_ property: OpaquePointer, _ identifier: CInt) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    unsafe mosquitto_property_read_string(property, identifier, &text, false)
    defer { unsafe free(text) }
    return unsafe text.map { unsafe String(cString: $0) }
  }
}
