/// What swift-argument-parser's `--experimental-dump-help` prints, as far as a man page needs it.
struct Dump: Decodable {
  let command: Command
}

/// A program, or one of its commands.
struct Command: Decodable {
  let commandName: String
  let abstract: String?
  let discussion: String?
  let arguments: [Argument]?
  let subcommands: [Command]?
  let shouldDisplay: Bool?

  /// The arguments that help shows, without help itself.
  var shownArguments: [Argument] { (arguments ?? []).filter { $0.shouldDisplay != false && $0.valueName != "help" } }

  /// The commands that help shows, without help itself.
  var shownCommands: [Command] {
    (subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
  }

  /// How it is called: `gwctl show-device [options] id`.
  func synopsis(words: [String], without common: Set<String> = []) -> String {
    let own = shownArguments.filter { !common.contains($0.title) }
    let options = own.contains { $0.kind != "positional" } ? ["[options]"] : []
    let places = own.filter { $0.kind == "positional" }.map(\.title)
    return (words + options + places + (shownCommands.isEmpty ? [] : ["command"])).joined(separator: " ")
  }
}

/// An argument, an option or a flag.
struct Argument: Decodable {
  let kind: String
  let abstract: String?
  let discussion: String?
  let valueName: String?
  let names: [Name]?
  let defaultValue: String?
  let allValues: [String]?
  let isOptional: Bool?
  let isRepeating: Bool?
  let shouldDisplay: Bool?

  /// One of its names.
  struct Name: Decodable {
    let kind: String
    let name: String
  }

  /// As it is typed: `--label name=value`, `[id ...]`.
  var title: String {
    let value = valueName ?? ""
    guard kind != "positional" else {
      let text = isRepeating == true ? "\(value) ..." : value
      return isOptional == true ? "[\(text)]" : text
    }
    let spelled = (names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }.joined(separator: ", ")
    return kind == "option" ? "\(spelled) \(value)" : spelled
  }

  /// What help says of it.
  var meaning: String {
    var meaning = abstract ?? ""
    if let allValues, !allValues.isEmpty { meaning += " (values: \(allValues.joined(separator: ", ")))" }
    if let defaultValue { meaning += " (default: \(defaultValue))" }
    return meaning
  }
}
