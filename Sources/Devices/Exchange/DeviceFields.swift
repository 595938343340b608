import Model

/// A field of a device as lists write it.
struct DeviceField {
  /// Its name, as in a device's file.
  let name: String
  /// What it says.
  let value: Value

  /// A field's value.
  enum Value {
    case text(String)
    case key(SecretBytes)
    case word(String)
    case list([String])
    case mapping([DeviceField])
  }

  init(_ name: String, _ value: Value) { (self.name, self.value) = (name, value) }
}

/// A device as a list of its fields, those that are set, in the order of its file.
struct DeviceFields {
  /// The fields.
  private(set) var all: [DeviceField] = []

  /// The fields of `device`.
  init(_ device: Device) {
    all.append(DeviceField("id", .text(device.id.name)))
    all += Self.fields(of: device.credential, unlessIdentity: Array(device.id.name.utf8))
    if let next = device.next {
      all.append(DeviceField("next", .mapping(Self.fields(of: next, unlessIdentity: device.identity))))
    }
    addWords(device)
    addLists(device)
    if !device.labels.isEmpty {
      let labels = device.labels.sorted { $0.key < $1.key }
      all.append(DeviceField("labels", .mapping(labels.map { DeviceField($0.key, .text($0.value)) })))
    }
    let numbers = [device.quota.messagesPerSecond, device.quota.bytesPerSecond, device.quota.payloadBytes]
    let quota = zip(DeviceFile.quotaFields, numbers).compactMap { field, number in
      number.map { DeviceField(field, .word("\($0)")) }
    }
    if !quota.isEmpty { all.append(DeviceField("quota", .mapping(quota))) }
  }

  private static func fields(
    of credential: Credential, unlessIdentity byDefault: [UInt8]
  ) -> [DeviceField] {
    let key = DeviceField("key", .key(credential.key))
    guard credential.identity != byDefault else { return [key] }
    if let text = DeviceFile.text(ofIdentity: credential.identity) {
      return [DeviceField("identity", .text(text)), key]
    }
    var digits: [UInt8] = []
    for byte in credential.identity { Hexadecimal.append(byte, to: &digits) }
    return [DeviceField("identity_hex", .text(String(decoding: digits, as: UTF8.self))), key]
  }

  private mutating func addWords(_ device: Device) {
    if !device.isEnabled { all.append(DeviceField("enabled", .word("false"))) }
    if device.protocol != .auto { all.append(DeviceField("protocol", .text(device.protocol.rawValue))) }
    if device.tls != .any { all.append(DeviceField("tls", .text(device.tls.rawValue))) }
    if case .perClientID(let maximum) = device.sessions {
      all.append(DeviceField("sessions", .text(DeviceFile.SessionWord.perClientID.rawValue)))
      all.append(DeviceField("max_sessions", .word("\(maximum)")))
    }
    if let topics = device.topics { all.append(DeviceField("topics", .text(topics.rawValue))) }
    if device.ack { all.append(DeviceField("ack", .word("true"))) }
    if device.rotation != .manual { all.append(DeviceField("rotation", .text(device.rotation.rawValue))) }
    if device.acceptsWeakKey { all.append(DeviceField("weak_key", .text("accepted"))) }
  }

  private mutating func addLists(_ device: Device) {
    if !device.from.isEmpty { all.append(DeviceField("from", .list(device.from.map(\.description)))) }
    if let publish = device.publish { all.append(DeviceField("publish", .list(publish.map(\.pattern)))) }
    if let subscribe = device.subscribe { all.append(DeviceField("subscribe", .list(subscribe.map(\.pattern)))) }
  }
}
