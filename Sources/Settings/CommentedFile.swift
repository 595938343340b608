extension GatewayConfiguration {
  /// A gateway.yaml with every key, its default and a comment; loading it changes nothing.
  ///
  /// A key without a default, or with one that depends on the machine, is commented out and shows an example.
  public static var commentedFile: String {
    let title = """
      # What gatewayd can be told, with what it does unless told otherwise.
      # The environment wins over this file (GATEWAY_LIMITS_BACKLOG over limits.backlog), flags win over
      # both.
      # Lengths of time are written like 500ms, 5s, 10m, 1h, 7d; sizes like 8192, 64KiB, 1MiB.

      """
    return title + Section.all.map(\.text).joined()
  }
}

extension Section {
  /// The section as it stands in the commented file.
  fileprivate var text: String {
    let indent = name.isEmpty ? "" : "  "
    let head = name.isEmpty ? "" : "\n" + comment(documentation, indent: "") + "\(name):\n"
    let between = name.isEmpty ? "\n" : ""
    return head + settings.map { between + $0.text(indent: indent) }.joined()
  }
}

extension Setting {
  /// The setting as it stands in the commented file.
  fileprivate func text(indent: String) -> String {
    let explanation = comment(documentation, indent: indent) + comment("Allowed: \(allowed).", indent: indent)
    if let example { return explanation + "\(indent)# \(lastPart): \(example)\n" }
    let texts = written(GatewayConfiguration()) ?? []
    let scalars = texts.map { $0.isPlainScalar ? $0 : "'\($0)'" }
    let value = scalars.count == 1 ? scalars[0] : "[\(scalars.joined(separator: ", "))]"
    return explanation + "\(indent)\(lastPart): \(value)\n"
  }
}

extension String {
  /// Whether YAML takes it for itself without quotes.
  fileprivate var isPlainScalar: Bool {
    unicodeScalars.allSatisfy {
      $0.isASCII && $0.properties.isAlphabetic || "0123456789._-/%".unicodeScalars.contains($0)
    }
  }
}

/// `text` as comment lines of at most 100 characters.
private func comment(_ text: String, indent: String) -> String {
  var lines = [indent + "#"]
  for word in text.split(separator: " ") {
    if lines[lines.count - 1].count + 1 + word.count > 100 { lines.append(indent + "#") }
    lines[lines.count - 1] += " " + word
  }
  return lines.map { $0 + "\n" }.joined()
}
