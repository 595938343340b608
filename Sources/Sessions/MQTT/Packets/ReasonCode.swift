/// What became of something that was asked for (MQTT 5 §2.4); from 0x80 on it failed.
public struct ReasonCode: RawRepresentable, Hashable, Sendable {
  /// The byte on the wire.
  public let rawValue: UInt8

  /// The code of this byte.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Whether it says that something failed.
  public var isFailure: Bool { rawValue >= 0x80 }

  /// Success, or a normal disconnection, or QoS 0 granted.
  public static let success = ReasonCode(rawValue: 0x00)
  /// DISCONNECT, but the will is to be published.
  public static let disconnectWithWill = ReasonCode(rawValue: 0x04)
  /// There was no such subscription.
  public static let noSubscriptionExisted = ReasonCode(rawValue: 0x11)
  /// It failed, and no other code says why.
  public static let unspecifiedError = ReasonCode(rawValue: 0x80)
  /// The packet could not be read.
  public static let malformedPacket = ReasonCode(rawValue: 0x81)
  /// The packet was not expected, or contradicts itself.
  public static let protocolError = ReasonCode(rawValue: 0x82)
  /// This version of MQTT is not offered.
  public static let unsupportedProtocolVersion = ReasonCode(rawValue: 0x84)
  /// The client id is valid, but not taken.
  public static let clientIdentifierNotValid = ReasonCode(rawValue: 0x85)
  /// The device may not do that.
  public static let notAuthorized = ReasonCode(rawValue: 0x87)
  /// The gateway cannot do it now.
  public static let serverUnavailable = ReasonCode(rawValue: 0x88)
  /// The gateway is stopping.
  public static let serverShuttingDown = ReasonCode(rawValue: 0x8B)
  /// Enhanced authentication is not offered: the TLS handshake has told who the device is.
  public static let badAuthenticationMethod = ReasonCode(rawValue: 0x8C)
  /// The device was silent for longer than it promised.
  public static let keepAliveTimeout = ReasonCode(rawValue: 0x8D)
  /// A newer connection has the session.
  public static let sessionTakenOver = ReasonCode(rawValue: 0x8E)
  /// The filter is valid, but not taken.
  public static let topicFilterInvalid = ReasonCode(rawValue: 0x8F)
  /// The topic is valid, but not taken.
  public static let topicNameInvalid = ReasonCode(rawValue: 0x90)
  /// The packet identifier is in use already.
  public static let packetIdentifierInUse = ReasonCode(rawValue: 0x91)
  /// Nothing waits under this packet identifier.
  public static let packetIdentifierNotFound = ReasonCode(rawValue: 0x92)
  /// The device sent more than its Receive Maximum.
  public static let receiveMaximumExceeded = ReasonCode(rawValue: 0x93)
  /// The topic alias is 0, or unknown, or beyond the maximum.
  public static let topicAliasInvalid = ReasonCode(rawValue: 0x94)
  /// The packet is larger than the maximum.
  public static let packetTooLarge = ReasonCode(rawValue: 0x95)
  /// More than the device may have.
  public static let quotaExceeded = ReasonCode(rawValue: 0x97)
  /// The operator has ended it.
  public static let administrativeAction = ReasonCode(rawValue: 0x98)
}
