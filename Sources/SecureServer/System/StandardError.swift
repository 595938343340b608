import Glibc

/// Standard error, for what must not go unnoticed.
enum StandardError {
  static func warn(_ text: String) {
    let line = Array("SecureServer: warning: \(text)\n".utf8)
    // Nobody may be reading it.
    _ = unsafe write(STDERR_FILENO, line, line.count)
  }
}
