import FoundationEssentials

/// Writes the man page of a program, from what the program says of its own arguments.
///
/// `manual SECTION DATE <DUMP`: the dump is what `PROGRAM --experimental-dump-help` prints; the page goes to standard
/// output.
@main
struct Manual {
  static func main() throws {
    guard CommandLine.arguments.count == 3 else {
      print("usage: manual SECTION DATE <DUMP")
      return
    }
    var dump = ""
    while let line = readLine(strippingNewline: false) { dump += line }
    let program = try JSONDecoder().decode(Dump.self, from: Data(dump.utf8)).command
    print(page(program, section: CommandLine.arguments[1], date: CommandLine.arguments[2]), terminator: "")
  }

  private static func page(_ program: Command, section: String, date: String) -> String {
    let name = program.commandName
    var page = Roff()
    page.request("TH", [name.uppercased(), section, date, "Device gateway", "Device gateway"])
    page.heading("NAME")
    page.text("\(name) - \(lowercasedStart(program.abstract ?? ""))")
    page.heading("SYNOPSIS")
    page.text(program.synopsis(words: [name]))
    page.heading("DESCRIPTION")
    page.paragraphs(program.discussion ?? "")
    page.heading("OPTIONS")
    for argument in program.shownArguments { page.entry(argument.title, argument.meaning) }
    let common = Set(program.shownArguments.map(\.title))
    let commands = program.shownCommands
    if !commands.isEmpty { page.heading("COMMANDS") }
    for command in commands { write(command, words: [name], without: common, to: &page) }
    page.heading("SEE ALSO")
    page.text(name == "gwctl" ? "gatewayd(8), mosquitto(8), stunnel(8)" : "gwctl(1), mosquitto(8)")
    return page.text
  }

  private static func write(_ command: Command, words: [String], without common: Set<String>, to page: inout Roff) {
    let words = words + [command.commandName]
    page.subheading(command.synopsis(words: words, without: common))
    page.paragraphs(command.abstract ?? "")
    page.paragraphs(command.discussion ?? "")
    for argument in command.shownArguments where !common.contains(argument.title) {
      page.entry(argument.title, argument.meaning)
    }
    for inner in command.shownCommands { write(inner, words: words, without: common, to: &page) }
  }

  private static func lowercasedStart(_ sentence: String) -> String {
    let words = sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
    return words.prefix(1).lowercased() + words.dropFirst()
  }
}
