import ArgumentParser

/// A label as `K=V` on the command line.
struct Label: ExpressibleByArgument, Hashable, Sendable {
  /// Its name; not empty.
  let name: String
  /// Its value; may be empty.
  let value: String

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { return nil }
    name = String(parts[0])
    value = String(parts[1])
  }
}

extension [Label] {
  /// The labels by name.
  ///
  /// - Throws: `ValidationError` where a name is there twice.
  func byName() throws -> [String: String] {
    var labels: [String: String] = [:]
    for label in self where labels.updateValue(label.value, forKey: label.name) != nil {
      throw ValidationError("The label '\(label.name)' is given twice.")
    }
    return labels
  }
}
