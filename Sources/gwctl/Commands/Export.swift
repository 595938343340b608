import ArgumentParser
import Devices
import Model
import Platform

/// Writes devices as a list.
struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the devices as a list: Mosquitto's or stunnel's file, CSV or JSON.",
    discussion: """
      What 'gwctl import' reads. json holds every field; csv all but lists that are empty or have blanks in them, and empty \
      labels; psk nothing but identity and key. What a list cannot hold is an error, and what it leaves out a warning. \
      Keys are left out unless --reveal-keys is given; psk is nothing without. With --output the file is written whole or \
      not at all, and only its owner may read it.

      With --json: the list itself, as with --format json; with --output format, devices, file and warnings instead.

      Example:
        gwctl export --format csv --label site=north --output north.csv
      """)

  @Option(help: "How the list is written: psk, csv or json. (default: what the file's ending tells, else json)")
  var format: ListFormat?

  @Flag(help: "Write the keys, too.")
  var revealKeys = false

  @Option(name: [.customLong("output")], help: .init("Write this file instead of standard output.", valueName: "file"))
  var output: String?

  @Option(help: .init("Only devices with this label; may be given several times.", valueName: "name=value"))
  var label: [Label] = []

  @OptionGroup var common: CommonOptions

  func validate() throws {
    _ = try label.byName()
    if let output { try checkIsFile(output) }
    switch written {
    case .stunnel, .emqx: throw ValidationError("Allowed for --format are psk, csv and json; stunnel reads psk.")
    case .psk where !revealKeys: throw ValidationError("A list of keys is nothing without them: give --reveal-keys.")
    case .psk, .csv, .json: break
    }
    if common.json, output == nil, written != .json {
      throw ValidationError("--json prints JSON: give --output for the list, or leave --format out.")
    }
  }

  func run() async throws {
    let contents = try common.directory.load()
    let devices = contents.table.filter { device in label.allSatisfy { device.labels[$0.name] == $0.value } }
    let list = try DeviceExport(devices, format: written, revealsKeys: revealKeys)
    if let output {
      guard FileMode.isReplaceable(output) else { throw Failure.notReplaceable(path: output) }
      try list.text.withBytes { try AtomicFile.write($0, to: output) }
    } else {
      try StandardStream.output.write(list.text)
    }
    if common.json, let output {
      try printJSON(
        ExportReport(format: written.rawValue, devices: list.count, file: output, warnings: list.warnings))
    } else {
      list.warnings.forEach(warn)
      if let output { remark("Wrote \(count(list.count, "device")) to \(output).") }
    }
    tellErrors(in: contents.problems)
  }

  private var written: ListFormat {
    if let format { return format }
    guard let output, output.contains(".") else { return .json }
    let told = ListFormat(path: output)
    return told == .psk && !output.hasSuffix(".psk") ? .json : told
  }
}

/// The JSON of a list that was written to a file.
private struct ExportReport: Encodable {
  let format: String
  let devices: Int
  let file: String
  let warnings: [String]
}

extension StandardStream {
  /// Writes all of `text`.
  ///
  /// - Throws: ``SystemError``, for a list that is cut short must not be taken for a whole one.
  fileprivate func write(_ text: SecretBytes) throws {
    try text.withBytes { try write($0) }
  }
}
