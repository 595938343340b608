/// A man page in the making (man(7)).
struct Roff {
  /// What has been written.
  private(set) var text = ""

  /// A request with arguments.
  mutating func request(_ name: String, _ arguments: [String] = []) {
    text += "." + ([name] + arguments.map { "\"\(escaped($0))\"" }).joined(separator: " ") + "\n"
  }

  /// The heading of a section.
  mutating func heading(_ title: String) { request("SH", [title]) }

  /// A heading within a section.
  mutating func subheading(_ title: String) { request("SS", [title]) }

  /// A line of text.
  mutating func text(_ line: String) { text += escaped(line) + "\n" }

  /// An option and what it means.
  mutating func entry(_ title: String, _ meaning: String) {
    request("TP")
    text += "\\fB\(escaped(title))\\fR\n"
    text(meaning)
  }

  /// Paragraphs as help has them: apart by empty lines; what is indented stays as it is.
  mutating func paragraphs(_ help: String) {
    for paragraph in help.split(separator: "\n\n") {
      request("PP")
      for line in paragraph.split(separator: "\n") {
        if line.hasPrefix("  ") {
          for name in ["RS 4", "nf"] { text += ".\(name)\n" }
          text(String(line.drop { $0 == " " }))
          for name in ["fi", "RE"] { text += ".\(name)\n" }
        } else {
          text(String(line))
        }
      }
    }
  }

  /// What would be taken for a request or an escape is written so that it is not.
  private func escaped(_ line: String) -> String {
    var escaped = line.first == "." || line.first == "'" ? "\\&" : ""
    for character in line {
      switch character {
      case "\\": escaped += "\\e"
      case "-": escaped += "\\-"
      case "\"": escaped += "\\(dq"
      case "'": escaped += "\\(aq"
      case "`": escaped += "\\(ga"
      case "^": escaped += "\\(ha"
      case "~": escaped += "\\(ti"
      default: escaped.append(character)
      }
    }
    return escaped
  }
}
