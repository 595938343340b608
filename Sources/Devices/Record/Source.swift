/// Where a device was read.
public struct Source: Sendable, Hashable, CustomStringConvertible {
  /// What kind of file.
  public enum Kind: Sendable, Hashable {
    /// `NAME.yaml`: this device and no other.
    case file
    /// A line of `NAME.psk`.
    case bundle
  }

  /// What kind of file ``path`` is.
  public let kind: Kind
  /// The file.
  public let path: String
  /// Its line, from 1.
  public let line: Int

  /// Says where a device was read.
  public init(kind: Kind, path: String, line: Int) {
    self.kind = kind
    self.path = path
    self.line = line
  }

  /// `path:line`.
  public var description: String { "\(path):\(line)" }
}
