/// An alert: what one side tells the other before it gives up (RFC 8446 §6, RFC 5246 §7.2).
public struct TLSAlert: Sendable, Hashable, CustomStringConvertible {
  /// The number on the wire.
  public let code: UInt8
  /// Whether the sender marked it as fatal.
  public let isFatal: Bool

  /// An alert by its number.
  ///
  /// - Parameters:
  ///   - code: the number on the wire, such as 40 for `handshake_failure`.
  ///   - isFatal: whether the sender gives up with it.
  public init(code: UInt8, isFatal: Bool) {
    self.code = code
    self.isFatal = isFatal
  }

  /// `bad_record_mac (20)`; the number alone where the RFCs name none.
  public var description: String { Self.names[code].map { "\($0) (\(code))" } ?? "\(code)" }

  static let closeNotifyCode: UInt8 = 0
  static let userCanceledCode: UInt8 = 90

  private static let names: [UInt8: String] = [
    0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 22: "record_overflow",
    40: "handshake_failure", 42: "bad_certificate", 43: "unsupported_certificate", 44: "certificate_revoked",
    45: "certificate_expired", 46: "certificate_unknown", 47: "illegal_parameter", 48: "unknown_ca",
    49: "access_denied", 50: "decode_error", 51: "decrypt_error", 70: "protocol_version",
    71: "insufficient_security", 80: "internal_error", 86: "inappropriate_fallback", 90: "user_canceled",
    100: "no_renegotiation", 109: "missing_extension", 110: "unsupported_extension", 112: "unrecognized_name",
    113: "bad_certificate_status_response", 115: "unknown_psk_identity", 116: "certificate_required",
    120: "no_application_protocol",
  ]
}
