/// What is wrong in devices.d, where, and what is allowed instead.
public struct Problem: Error, Hashable, Comparable, CustomStringConvertible {
  /// How bad it is.
  public enum Severity: String, Sendable, CaseIterable {
    /// It cannot be used; the device keeps its last good record, or is absent.
    case error
    /// It is used, but should be looked at.
    case warning
  }

  /// How bad it is.
  public let severity: Severity
  /// The file.
  public let path: String
  /// Its line, from 1; 1 for what concerns the file as a whole.
  public let line: Int
  /// What is wrong and what is allowed, in one line without a key.
  public let message: String

  /// Says what is wrong at `path:line`.
  public init(_ severity: Severity, path: String, line: Int = 1, _ message: String) {
    self.severity = severity
    self.path = path
    self.line = line
    self.message = message
  }

  /// `path:line: error: message`.
  public var description: String { "\(path):\(line): \(severity.rawValue): \(message)" }

  /// By path, bytewise, then line; errors first.
  public static func < (left: Problem, right: Problem) -> Bool {
    if left.path != right.path { return left.path.utf8.lexicographicallyPrecedes(right.path.utf8) }
    if left.line != right.line { return left.line < right.line }
    if left.severity != right.severity { return left.severity == .error }
    return left.message.utf8.lexicographicallyPrecedes(right.message.utf8)
  }
}
