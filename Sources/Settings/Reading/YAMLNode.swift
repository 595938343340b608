import Yams

extension Node {
  /// The line that it starts in, counted from 1.
  var line: Int { mark?.line ?? 1 }

  /// Its text as a key; one that is no text is none of ours.
  var name: String { scalar?.string ?? "?" }

  /// Whether nothing was written: `key:` with nothing after it, or YAML's null.
  var isEmpty: Bool {
    guard case .scalar(let scalar) = self, scalar.style == .plain || scalar.style == .any else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }
}

extension YamlError {
  /// Where it is and what is wrong, without the excerpt that Yams adds.
  var fault: (line: Int, reason: String) {
    switch self {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      (mark.line, "it is not YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context):
      (context.mark.line, "'\(keys.joined(separator: "', '"))' is there more than once")
    case .reader(let problem, _, _, _):
      (1, "it is not YAML: \(problem)")
    default:
      (1, "it is not YAML")
    }
  }
}
