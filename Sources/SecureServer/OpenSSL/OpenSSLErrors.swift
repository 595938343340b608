import COpenSSL

/// OpenSSL's error queue of this thread (ERR_get_error(3)).
enum OpenSSLErrors {
  /// Forgets what earlier calls left, so that the next call's errors stand alone.
  static func clear() { ERR_clear_error() }

  /// The reason code of the first error in the queue; 0 if there is none.
  static func firstReason() -> CInt { ERR_GET_REASON(ERR_peek_error()) }

  /// The first error as text; empties the queue.
  static func drain() -> String {
    let code = ERR_get_error()
    defer { ERR_clear_error() }
    guard code != 0 else { return "no further reason" }
    guard let reason = unsafe ERR_reason_error_string(code) else { return "error \(code)" }
    return unsafe String(cString: reason)
  }
}
