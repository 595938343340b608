public import Model

/// What an import will do, and why it will not.
public struct ImportPlan: Sendable {
  /// What becomes of a device that is there already, and not as the list has it.
  public enum ConflictRule: Sendable {
    /// It is a problem.
    case refuse
    /// It stays as it is.
    case skip
    /// It becomes as the list has it; a list of lines says nothing but identity and key, and the rest stays.
    case replace
  }

  /// Where devices are written.
  public enum Shape: Sendable {
    /// A `NAME.yaml` each.
    case files
    /// Lines of the bundle `NAME.psk`, behind those that it has.
    case bundle(name: String)
  }

  /// Where devices are written.
  public let shape: Shape
  /// Whether the list says nothing of a device but identity and key.
  let isOfLines: Bool
  /// The devices that are not there yet.
  public var added: [Device] = []
  /// The devices that are there, as they will be.
  public var replaced: [Device] = []
  /// How many are there just as the list has them.
  public var unchanged = 0
  /// The devices that stay as they are, though the list has them otherwise.
  public var skipped: [DeviceID] = []
  /// Why nothing may be written; warnings, too.
  public var problems: [Problem] = []

  /// Whether it may be carried out.
  public var isPossible: Bool { !problems.contains { $0.severity == .error } }
  /// Whether there is nothing to do.
  public var isEmpty: Bool { added.isEmpty && replaced.isEmpty }
}
