import CMosquitto

/// A return code of libmosquitto, turned into words while errno still belongs to it.
enum MosquittoCode: CustomStringConvertible {
  case success
  case notConnected
  case failed(String)

  init(_ code: CInt) {
    switch code {
    case CInt(MOSQ_ERR_SUCCESS.rawValue): self = .success
    case CInt(MOSQ_ERR_NO_CONN.rawValue), CInt(MOSQ_ERR_CONN_LOST.rawValue): self = .notConnected
    // Not the message's fault: it is sent again when there is memory.
    case CInt(MOSQ_ERR_NOMEM.rawValue): self = .notConnected
    default: self = .failed(Self.text(of: code))
    }
  }

  var description: String {
    switch self {
    case .success: "closed"
    case .notConnected: "connection lost"
    case .failed(let reason): reason
    }
  }

  /// What a callback's code means: a reason code of MQTT 5 from 0x80 on, else one of libmosquitto's own.
  static func text(of code: CInt) -> String {
    let isReason = code >= CInt(MQTT_RC_UNSPECIFIED.rawValue)
    guard let text = unsafe isReason ? mosquitto_reason_string(code) : mosquitto_strerror(code) else {
      return "\(code)"
    }
    return unsafe String(cString: text)
  }

  /// The reason code that says no more than that it failed (MQTT 5 §2.4).
  static let unspecifiedError = UInt8(MQTT_RC_UNSPECIFIED.rawValue)

  /// Whether CONNACK says that the broker does not know our version: by the reason code of MQTT 5, or the return code of
  /// 3.1.1 (§3.2.2.3).
  static func isVersionRefused(_ code: UInt8) -> Bool {
    code == UInt8(MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION.rawValue) || code == 1
  }

  /// What a reason code of the broker means (MQTT 5 §2.4).
  static func text(ofReason reason: UInt8) -> String {
    guard let text = unsafe mosquitto_reason_string(CInt(reason)) else { return "reason \(reason)" }
    return unsafe String(cString: text)
  }
}
