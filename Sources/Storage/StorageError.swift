public import Platform

/// Why the state directory cannot be used.
public enum StorageError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Another gatewayd uses the directory.
  case inUse(path: String, holder: String)
  /// The spool cannot be opened.
  case spoolUnusable(path: String, reason: String)
  /// The disk does not take messages now.
  case spoolFailing(reason: String)
  /// The spool has been closed.
  case spoolClosed
  /// The system refused; says what was tried.
  case system(SystemError)

  /// One line that says what was wrong and what to do.
  public var description: String {
    switch self {
    case .inUse(let path, let holder):
      "state directory \(path) is in use by \(holder): stop it, or give this one a --state of its own"
    case .spoolUnusable(let path, let reason): "\(path) cannot be used: \(reason)"
    case .spoolFailing(let reason): "messages cannot be put on disk: \(reason)"
    case .spoolClosed: "the spool is closed"
    case .system(let error): "state directory: \(error)"
    }
  }
}
