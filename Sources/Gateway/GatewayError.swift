public import Model

/// Why the gateway cannot start, or cannot go on.
public enum GatewayError: Error, Sendable, CustomStringConvertible {
  /// The configuration cannot be used; one line for each problem.
  case configuration(String)
  /// A device lost its key between its proof and its session.
  case revokedInHandshake(DeviceID)
  /// A device sent a payload above its quota, in bytes.
  case payloadTooLarge(limit: Int)
  /// The gateway stops, and takes no more orders.
  case stopping
  /// A promise of ours is broken.
  case internalError(String)

  /// What was wrong and what is allowed.
  public var description: String {
    switch self {
    case .configuration(let text): text
    case .revokedInHandshake(let device): "device \(device) was revoked during its handshake"
    case .payloadTooLarge(let limit): "the payload is larger than the quota of \(limit) bytes"
    case .stopping: "the gateway stops"
    case .internalError(let text): "internal error: \(text)"
    }
  }
}
