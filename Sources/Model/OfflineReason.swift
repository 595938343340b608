/// Why a device's connection ended, as its presence says it.
public enum OfflineReason: String, Sendable, CaseIterable {
  /// The device went, with or without a goodbye.
  case disconnected
  /// The device was silent for longer than its protocol allows.
  case timeout
  /// The device, or the key that it had proved, is no longer valid.
  case revoked
  /// A newer connection of the same device took over.
  case replaced
  /// The gateway is stopping.
  case shutdown
  /// The gateway ended without a goodbye and has started again.
  case gatewayRestarted = "gateway_restarted"
  /// The device sent what its protocol does not allow.
  case protocolError = "protocol_error"
}
