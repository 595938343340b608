import Model

extension OfflineReason {
  /// What a 5.0 device is told with DISCONNECT (MQTT 5 §3.14.2.1).
  var reasonCode: ReasonCode {
    switch self {
    case .disconnected: .unspecifiedError
    case .timeout: .keepAliveTimeout
    case .revoked: .administrativeAction
    case .replaced: .sessionTakenOver
    case .shutdown, .gatewayRestarted: .serverShuttingDown
    case .protocolError: .protocolError
    }
  }

  /// What one that waits to be let in is told with CONNACK (MQTT 5 §3.2.2.2).
  var refusalCode: ReasonCode {
    switch self {
    case .disconnected, .timeout, .replaced, .shutdown, .gatewayRestarted: .serverUnavailable
    case .revoked: .notAuthorized
    case .protocolError: .protocolError
    }
  }
}
