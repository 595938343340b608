/// Which version of TLS a device's key is for; BCP 243 (RFC 9257 §7) wants one.
public enum TLSRequirement: String, Sendable, CaseIterable {
  /// TLS 1.2 and 1.3.
  case any
  /// Only TLS 1.2.
  case tls12 = "1.2"
  /// Only TLS 1.3.
  case tls13 = "1.3"
}

/// Whether connections share a device's identity.
public enum SessionPolicy: Sendable, Equatable {
  /// A newer connection takes over from the older.
  case one
  /// Connections share the identity, and one takes over from another with the same MQTT client id, up to `maximum`
  /// at a time; a further one is refused.
  case perClientID(maximum: Int)

  /// How many sessions a device with `per-client-id` has at most where its file does not say.
  public static let defaultMaximum = 100
  /// What `max_sessions` may be.
  public static let maximumSessions = 1...100_000
}

/// How a device's topics become the broker's.
public enum TopicNaming: String, Sendable, CaseIterable {
  /// Below `devices/ID/`.
  case namespaced
  /// As the device says, checked against its allow-lists.
  case verbatim
}

/// How a device comes by new credentials.
public enum RotationMethod: String, Sendable, CaseIterable {
  /// Someone brings them to it.
  case manual
  /// They may be sent over its live connection.
  case push
}

/// How much a device may send; nil in a field: as configured.
public struct Quota: Sendable, Equatable {
  /// Messages a second.
  public var messagesPerSecond: Int?
  /// Payload bytes a second.
  public var bytesPerSecond: Int?
  /// The largest payload of one message, in bytes.
  public var payloadBytes: Int?

  /// What each field may be.
  public static let range = 1...1_000_000_000

  /// A quota; by default everything as configured.
  public init(messagesPerSecond: Int? = nil, bytesPerSecond: Int? = nil, payloadBytes: Int? = nil) {
    self.messagesPerSecond = messagesPerSecond
    self.bytesPerSecond = bytesPerSecond
    self.payloadBytes = payloadBytes
  }
}
