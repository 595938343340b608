// Properties as bytes: identifier and value, one after the other (MQTT 5 §2.2.2.2). Devices read and write them so, and so
// they are kept on disk.
extension MessageProperty {
  /// The property's identifier (MQTT 5 §2.2.2.2).
  public enum Identifier: UInt8, Sendable {
    case payloadFormatIndicator = 0x01
    case messageExpiryInterval = 0x02
    case contentType = 0x03
    case responseTopic = 0x08
    case correlationData = 0x09
    case userProperty = 0x26
  }

  /// Which property it is.
  public var identifier: Identifier {
    switch self {
    case .payloadFormatIndicator: .payloadFormatIndicator
    case .messageExpiryInterval: .messageExpiryInterval
    case .contentType: .contentType
    case .responseTopic: .responseTopic
    case .correlationData: .correlationData
    case .userProperty: .userProperty
    }
  }

  /// How many bytes it takes.
  var byteCount: Int {
    switch self {
    case .payloadFormatIndicator: 2
    case .messageExpiryInterval: 5
    case .contentType(let text): 3 + text.utf8.count
    case .responseTopic(let topic): 3 + topic.name.utf8.count
    case .correlationData(let data): 3 + data.count
    case .userProperty(let name, let value): 5 + name.utf8.count + value.utf8.count
    }
  }

  /// Appends the property.
  public func append(to bytes: inout [UInt8]) {
    switch self {
    case .payloadFormatIndicator(let value): bytes += [Identifier.payloadFormatIndicator.rawValue, value]
    case .messageExpiryInterval(let seconds):
      bytes.append(Identifier.messageExpiryInterval.rawValue)
      for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: seconds >> shift)) }
    case .contentType(let text):
      bytes.append(Identifier.contentType.rawValue)
      Self.append(text.utf8, to: &bytes)
    case .responseTopic(let topic):
      bytes.append(Identifier.responseTopic.rawValue)
      Self.append(topic.name.utf8, to: &bytes)
    case .correlationData(let data):
      bytes.append(Identifier.correlationData.rawValue)
      Self.append(data, to: &bytes)
    case .userProperty(let name, let value):
      bytes.append(Identifier.userProperty.rawValue)
      Self.append(name.utf8, to: &bytes)
      Self.append(value.utf8, to: &bytes)
    }
  }

  /// At most 65,535 bytes can stand behind a two-byte length; no more ever came in.
  private static func append(_ content: some Collection<UInt8>, to bytes: inout [UInt8]) {
    let content = content.prefix(Int(UInt16.max))
    bytes.append(UInt8(content.count >> 8))
    bytes.append(UInt8(content.count & 0xFF))
    bytes += content
  }
}

extension [MessageProperty] {
  /// How many bytes they take, as ``bytes`` has them.
  public var byteCount: Int { reduce(0) { $0 + $1.byteCount } }

  /// All of them, in their order.
  public var bytes: [UInt8] {
    guard !isEmpty else { return [] }
    var bytes: [UInt8] = []
    for property in self { property.append(to: &bytes) }
    return bytes
  }

  /// Reads what ``bytes`` has written; nil for anything else.
  public init?(bytes: [UInt8]) {
    self = []
    var rest = bytes[...]
    while let first = rest.popFirst() {
      guard let identifier = MessageProperty.Identifier(rawValue: first),
        let property = MessageProperty(identifier, takingFrom: &rest)
      else { return nil }
      append(property)
    }
  }
}

extension MessageProperty {
  fileprivate init?(_ identifier: Identifier, takingFrom rest: inout ArraySlice<UInt8>) {
    switch identifier {
    case .payloadFormatIndicator:
      guard let value = rest.popFirst() else { return nil }
      self = .payloadFormatIndicator(value)
    case .messageExpiryInterval:
      guard let value = Self.number(of: 4, from: &rest) else { return nil }
      self = .messageExpiryInterval(UInt32(value))
    case .contentType:
      guard let text = Self.text(from: &rest) else { return nil }
      self = .contentType(text)
    case .responseTopic:
      guard let name = Self.text(from: &rest), let topic = try? Topic(name) else { return nil }
      self = .responseTopic(topic)
    case .correlationData:
      guard let data = Self.block(from: &rest) else { return nil }
      self = .correlationData(Array(data))
    case .userProperty:
      guard let name = Self.text(from: &rest), let value = Self.text(from: &rest) else { return nil }
      self = .userProperty(name: name, value: value)
    }
  }

  private static func number(of count: Int, from rest: inout ArraySlice<UInt8>) -> Int? {
    guard rest.count >= count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
  }

  private static func block(from rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard let count = number(of: 2, from: &rest), rest.count >= count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  private static func text(from rest: inout ArraySlice<UInt8>) -> String? {
    block(from: &rest).flatMap { String(validating: $0, as: UTF8.self) }
  }
}
