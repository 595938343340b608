import Yams

/// A gateway.yaml, checked for its shape: which keys it has, and whether each has a value, a list or a mapping.
struct YAMLDocument {
  /// How the file is called in problems.
  let path: String
  /// What was written for a setting, by its name.
  private(set) var texts: [String: [String]] = [:]
  /// In which line.
  private(set) var lines: [String: Int] = [:]
  /// Everything that is wrong with its shape.
  private(set) var problems: [SettingsProblem] = []

  /// Reads nothing yet.
  init(path: String) { self.path = path }

  /// Reads the one document in `yaml`.
  mutating func read(_ yaml: String) {
    do {
      guard let root = try Parser(yaml: yaml).singleRoot(), !root.isEmpty else { return }
      guard case .mapping(let mapping) = root else {
        return report(line: root.line, "", "the file is not a mapping", allowed: "lines of the form key: value")
      }
      readTop(mapping)
    } catch {
      let (line, reason) = (error as? YamlError)?.fault ?? (1, "it is not YAML: \(error)")
      report(line: line, "", reason)
    }
  }

  private mutating func readTop(_ mapping: Node.Mapping) {
    for (key, value) in mapping {
      if let setting = Section.top.setting(key.name) {
        read(value, for: setting, keyLine: key.line)
      } else if let section = Section.named[key.name] {
        read(value, in: section, keyLine: key.line)
      } else {
        let known = Section.top.keys + Section.all.dropFirst().map(\.name)
        report(line: key.line, key.name, "unknown key", allowed: known.joined(separator: ", "))
      }
    }
  }

  private mutating func read(_ node: Node, in section: Section, keyLine: Int) {
    if node.isEmpty { return }
    let known = section.keys.joined(separator: ", ")
    guard case .mapping(let mapping) = node else {
      if let shorthand = section.settings.first(where: \.isShorthand) {
        return read(node, for: shorthand, keyLine: keyLine)
      }
      return report(line: keyLine, section.name, "it is not a mapping", allowed: "the keys \(known), indented")
    }
    for (key, value) in mapping {
      if let setting = section.setting(key.name) {
        read(value, for: setting, keyLine: key.line)
      } else {
        report(line: key.line, "\(section.name).\(key.name)", "unknown key", allowed: known)
      }
    }
  }

  private mutating func read(_ node: Node, for setting: Setting, keyLine: Int) {
    switch node {
    case _ where node.isEmpty: report(line: keyLine, setting.key, "it has no value", allowed: setting.allowed)
    case .scalar(let scalar): take([scalar.string], for: setting, line: node.line)
    case .sequence(let sequence) where setting.isList:
      let scalars = sequence.compactMap { $0.isEmpty ? nil : $0.scalar?.string }
      if scalars.count == sequence.count { return take(scalars, for: setting, line: keyLine) }
      report(line: keyLine, setting.key, "not everything in the list is a text", allowed: setting.allowed)
    case .sequence: report(line: keyLine, setting.key, "it is a list", allowed: setting.allowed)
    case .mapping, .alias: report(line: keyLine, setting.key, "it is a mapping", allowed: setting.allowed)
    }
  }

  private mutating func take(_ texts: [String], for setting: Setting, line: Int) {
    self.texts[setting.name] = texts
    lines[setting.name] = line
  }

  private mutating func report(line: Int, _ key: String, _ reason: String, allowed: String = "") {
    problems.append(
      SettingsProblem(origin: .file(path: path, line: line), key: key, reason: reason, allowed: allowed))
  }
}
