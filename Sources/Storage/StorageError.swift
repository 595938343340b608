public import Platform

/// Why the state directory cannot be used.
public enum StorageError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Another gatewayd uses the directory.
  case inUse(path: String, holder: String)
  /// The system refused; says what was tried.
  case system(SystemError)

  /// One line that says what was wrong and what to do.
  public var description: String {
    switch self {
    case .inUse(let path, let holder):
      "state directory \(path) is in use by \(holder): stop it, or give this one a --state of its own"
    case .system(let error): "state directory: \(error)"
    }
  }
}
