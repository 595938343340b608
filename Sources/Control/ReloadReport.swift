/// What reading devices.d again brought: the reply to ``ControlRequest/reload``.
public struct ReloadReport: Codable, Sendable, Equatable {
  /// How many devices there are now.
  public var devices: Int
  /// How many are new.
  public var added: Int
  /// How many are not what they were.
  public var changed: Int
  /// How many are gone.
  public var removed: Int
  /// What could not be used, `path:line: error: ...` each; what ran before goes on in its place.
  public var problems: [String]

  /// A report with these numbers.
  public init(devices: Int, added: Int, changed: Int, removed: Int, problems: [String]) {
    self.devices = devices
    self.added = added
    self.changed = changed
    self.removed = removed
    self.problems = problems
  }
}
