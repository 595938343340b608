import Model

/// The properties of one packet of a device (MQTT 5 §2.2.2): those that travel with a message, and those for the gateway.
struct PacketProperties: Equatable {
  /// Those of a PUBLISH or a will that go to the subscribers, in their order.
  var message: [MessageProperty] = []
  var sessionExpiryInterval: UInt32?
  var receiveMaximum: UInt16?
  var maximumPacketSize: UInt32?
  var topicAliasMaximum: UInt16?
  var topicAlias: UInt16?
  var requestResponseInformation: Bool?
  var requestProblemInformation: Bool?
  var willDelayInterval: UInt32?
  var authenticationMethod: String?
  var subscriptionIdentifier: Int?
  private var hasAuthenticationData = false

  /// None.
  init() {}

  /// Reads them, their length first.
  init(_ reader: inout PacketReader, of bytes: Span<UInt8>, at place: Place) throws(SessionError) {
    let length = try reader.variableInteger(of: bytes)
    guard length > 0 else { return }
    var fields = try reader.part(length)
    while !fields.isAtEnd {
      let identifier = try fields.variableInteger(of: bytes)
      guard let name = Name(rawValue: identifier), place.allows(name) else {
        throw .propertyUnknown(reader.kind, identifier: identifier)
      }
      try take(name, from: &fields, of: bytes, travels: place == .publish || place == .will)
    }
    if hasAuthenticationData, authenticationMethod == nil { throw .propertyInvalid(reader.kind, .authenticationData) }
  }

  private mutating func take(
    _ name: Name, from reader: inout PacketReader, of bytes: Span<UInt8>, travels: Bool
  ) throws(SessionError) {
    let kind = reader.kind
    switch name {
    case .payloadFormatIndicator:
      let value = try reader.flag(name, of: bytes)
      try travel(.payloadFormatIndicator(value ? 1 : 0), name, kind) {
        if case .payloadFormatIndicator = $0 { true } else { false }
      }
    case .messageExpiryInterval:
      let value = try reader.longInteger(of: bytes)
      try travel(.messageExpiryInterval(value), name, kind) {
        if case .messageExpiryInterval = $0 { true } else { false }
      }
    case .contentType:
      let value = try reader.text(of: bytes)
      try travel(.contentType(value), name, kind) { if case .contentType = $0 { true } else { false } }
    case .responseTopic:
      let value = try Topic(reading: reader.text(of: bytes))
      try travel(.responseTopic(value), name, kind) { if case .responseTopic = $0 { true } else { false } }
    case .correlationData:
      let value = copy(bytes.extracting(try reader.block(of: bytes)))
      try travel(.correlationData(value), name, kind) { if case .correlationData = $0 { true } else { false } }
    case .userProperty:
      let (key, value) = (try reader.text(of: bytes), try reader.text(of: bytes))
      if travels { message.append(.userProperty(name: key, value: value)) }
    case .subscriptionIdentifier:
      let value = try reader.variableInteger(of: bytes)
      guard value != 0 else { throw .propertyInvalid(kind, name) }
      try Self.set(&subscriptionIdentifier, value, name, kind)
    case .sessionExpiryInterval: try Self.set(&sessionExpiryInterval, reader.longInteger(of: bytes), name, kind)
    case .authenticationMethod: try Self.set(&authenticationMethod, reader.text(of: bytes), name, kind)
    case .authenticationData:
      guard !hasAuthenticationData else { throw .propertyRepeated(kind, name) }
      _ = try reader.block(of: bytes)
      hasAuthenticationData = true
    case .requestProblemInformation: try Self.set(&requestProblemInformation, reader.flag(name, of: bytes), name, kind)
    case .requestResponseInformation:
      try Self.set(&requestResponseInformation, reader.flag(name, of: bytes), name, kind)
    case .willDelayInterval: try Self.set(&willDelayInterval, reader.longInteger(of: bytes), name, kind)
    case .reasonString: _ = try reader.text(of: bytes)
    case .receiveMaximum:
      let value = try reader.integer(of: bytes)
      guard value != 0 else { throw .propertyInvalid(kind, name) }
      try Self.set(&receiveMaximum, value, name, kind)
    case .topicAliasMaximum: try Self.set(&topicAliasMaximum, reader.integer(of: bytes), name, kind)
    case .topicAlias: try Self.set(&topicAlias, reader.integer(of: bytes), name, kind)
    case .maximumPacketSize:
      let value = try reader.longInteger(of: bytes)
      guard value != 0 else { throw .propertyInvalid(kind, name) }
      try Self.set(&maximumPacketSize, value, name, kind)
    }
  }

  private mutating func travel(
    _ property: MessageProperty, _ name: Name, _ kind: PacketKind, isSame: (MessageProperty) -> Bool
  ) throws(SessionError) {
    guard !message.contains(where: isSame) else { throw .propertyRepeated(kind, name) }
    message.append(property)
  }

  private static func set<Value>(
    _ place: inout Value?, _ value: Value, _ name: Name, _ kind: PacketKind
  ) throws(SessionError) {
    guard place == nil else { throw .propertyRepeated(kind, name) }
    place = value
  }
}

extension PacketProperties {
  /// A property that a device may send, by its identifier (MQTT 5 §2.2.2.2).
  enum Name: Int, Sendable {
    case payloadFormatIndicator = 0x01
    case messageExpiryInterval = 0x02
    case contentType = 0x03
    case responseTopic = 0x08
    case correlationData = 0x09
    case subscriptionIdentifier = 0x0B
    case sessionExpiryInterval = 0x11
    case authenticationMethod = 0x15
    case authenticationData = 0x16
    case requestProblemInformation = 0x17
    case willDelayInterval = 0x18
    case requestResponseInformation = 0x19
    case reasonString = 0x1F
    case receiveMaximum = 0x21
    case topicAliasMaximum = 0x22
    case topicAlias = 0x23
    case userProperty = 0x26
    case maximumPacketSize = 0x27
  }

  /// Where properties stand, which decides which there may be.
  enum Place {
    case connect, will, publish, acknowledgement, subscribe, unsubscribe, disconnect

    /// What MQTT 5 §2.2.2.2 allows there from a client.
    func allows(_ name: Name) -> Bool {
      switch name {
      case .userProperty: true
      case .payloadFormatIndicator, .messageExpiryInterval, .contentType, .responseTopic, .correlationData:
        self == .publish || self == .will
      // In a PUBLISH only a server may send it, which its reader sees to.
      case .subscriptionIdentifier: self == .subscribe || self == .publish
      case .sessionExpiryInterval: self == .connect || self == .disconnect
      case .authenticationMethod, .authenticationData, .requestProblemInformation, .requestResponseInformation,
        .receiveMaximum, .topicAliasMaximum, .maximumPacketSize:
        self == .connect
      case .willDelayInterval: self == .will
      case .reasonString: self == .acknowledgement || self == .disconnect
      case .topicAlias: self == .publish
      }
    }
  }
}
