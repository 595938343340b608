import COpenSSL

/// OpenSSL's error queue of this thread (ERR_get_error(3)).
enum OpenSSLErrors {
  /// Forgets what earlier calls left, so that the next call's errors stand alone.
  static func clear() {
    // Nearly always there is nothing, and clearing goes through all 16 places of the queue.
    if ERR_peek_error() != 0 { ERR_clear_error() }
  }

  /// Whether the last error is that a PEM text has no further object.
  static var isEndOfPEM: Bool {
    let code = ERR_peek_last_error()
    return ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE
  }

  /// The first error as text; empties the queue.
  static func drain() -> String {
    defer { ERR_clear_error() }
    return text(of: ERR_peek_error())
  }

  /// What went wrong in TLS; empties the queue. The cipher's own error, which comes first with AES-GCM, says less.
  static func takeTLSError() -> (reason: CInt, text: String) {
    let first = ERR_peek_error()
    var code = ERR_get_error()
    while code != 0, ERR_GET_LIB(code) != ERR_LIB_SSL { code = ERR_get_error() }
    ERR_clear_error()
    return code == 0 ? (0, text(of: first)) : (ERR_GET_REASON(code), text(of: code))
  }

  private static func text(of code: CUnsignedLong) -> String {
    guard code != 0 else { return "no further reason" }
    guard let reason = unsafe ERR_reason_error_string(code) else { return "error \(code)" }
    return unsafe String(cString: reason)
  }
}
