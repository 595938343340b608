import Model
import Yams

/// One device of a list as the text that its own file could have, on one or more lines in braces, without its keys.
///
/// So lists have the rules, and the errors, of a device's file; and the parser, which wipes nothing, never sees a key.
struct RecordText {
  /// The line that it begins on in the list.
  let line: Int
  /// The text: YAML in flow style, all strings in double quotes.
  var text = ""
  /// Its keys.
  var keys = HiddenKeys()

  /// Begins with nothing.
  init(line: Int) { self.line = line }

  /// The device, if it can be used; what is wrong goes to `log`.
  func device(path: String, _ sealer: KeySealer, _ log: inout ProblemLog) -> Device? {
    let problems = YAMLProblems(path: path, firstLine: line)
    let device = device(sealer, problems)
    for problem in problems.all { log.add(problem) }
    return problems.hasErrors ? nil : device
  }

  private func device(_ sealer: KeySealer, _ problems: YAMLProblems) -> Device? {
    do throws(Problem) {
      guard let root = try YAMLText.node(of: text, path: problems.path),
        let mapping = YAMLMapping(root, allowed: Self.fields, name: "a device", problems: problems),
        let id = Self.id(mapping)
      else { return nil }
      let source = Source(kind: .file, path: problems.path, line: line)
      return DeviceFile.device(id, mapping, .init(keys, sealer), source)
    } catch {
      problems.report(error.severity, line: error.line, error.message)
      return nil
    }
  }

  private static func id(_ mapping: YAMLMapping) -> DeviceID? {
    do throws(ModelError) {
      if let name = mapping.text("id") { return try DeviceID(name) }
      guard let identity = DeviceFile.identity(mapping) else {
        if !mapping.has("identity"), !mapping.has("identity_hex") {
          mapping.report("id", "id is missing: give an id, or an identity to make one of")
        }
        return nil
      }
      return try DeviceID(bundleIdentity: identity.span)
    } catch {
      mapping.report("id", "\(error)")
      return nil
    }
  }

  /// Every field that an entry may have.
  static let fields = ["id"] + DeviceFile.fields
}
