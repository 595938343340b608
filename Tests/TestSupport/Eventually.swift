/// What was waited for did not come about.
public struct NeverHappened: Error, CustomStringConvertible {
  /// What was waited for.
  public let description: String

  /// Says what it was.
  public init(description: String) { self.description = description }
}

/// Waits until `condition` holds, looking again every few milliseconds; it fails after `limit` (a bound against
/// hanging for ever on a busy machine, not a measure).
public func eventually(
  _ what: String, within limit: Duration = .seconds(60), _ condition: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + limit
  while try await !condition() {
    guard ContinuousClock.now < end else { throw NeverHappened(description: "never happened: \(what)") }
    try await Task.sleep(for: .milliseconds(5))
  }
}
