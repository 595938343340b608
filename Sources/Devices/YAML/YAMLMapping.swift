import Yams

/// A mapping whose fields are taken out one by one, each checked for its type; what is wrong is gathered.
struct YAMLMapping {
  /// The line that it begins on.
  let line: Int
  private let path: String
  private let fields: [String: Node]
  private let problems: YAMLProblems

  /// Takes `node` if it is a mapping of nothing but the `allowed` fields; what else is in it is a problem.
  ///
  /// - Parameters:
  ///   - node: what should be a mapping.
  ///   - allowed: the names of its fields; nil: any.
  ///   - name: what it is called, to begin a sentence with.
  ///   - problems: where the mapping and its fields report to.
  init?(_ node: Node, allowed: [String]?, name: String, problems: YAMLProblems) {
    guard let mapping = node.mapping else {
      problems.report(node, "\(name) is not a mapping of `field: value`")
      return nil
    }
    var fields: [String: Node] = [:]
    for (key, value) in mapping {
      guard let field = key.scalar?.string, allowed?.contains(field) ?? true else {
        let choice = allowed.map { "; allowed are \($0.joined(separator: ", "))" } ?? ""
        let shown = key.scalar.map { "'\($0.string.prefix(64))'" } ?? "what stands before ':'"
        problems.report(key, "\(shown) is no field\(choice)")
        continue
      }
      fields[field] = value
    }
    self.fields = fields
    self.problems = problems
    path = problems.path
    line = node.mark?.line ?? 1
  }

  /// The names of its fields.
  var names: [String] { fields.keys.sorted() }

  /// Whether the field is there.
  func has(_ field: String) -> Bool { fields[field] != nil }

  /// The line of a field's value.
  func line(of field: String) -> Int { fields[field]?.mark?.line ?? line }

  /// Reports that a field's value is wrong.
  func report(_ field: String, _ message: String, _ severity: Problem.Severity = .error) {
    problems.report(severity, line: line(of: field), message)
  }

  /// A field that is text, quoted or not; `123` is text as well.
  func text(_ field: String) -> String? {
    guard let node = fields[field] else { return nil }
    return scalar(node, field, "text")?.string
  }

  /// A field that is text and quoted, so that nothing takes it for a number.
  func quotedText(_ field: String) -> String? {
    guard let node = fields[field], let scalar = scalar(node, field, "text in quotes") else { return nil }
    guard scalar.style != .plain else {
      problems.report(node, "\(field) is not quoted: write \(field): \"...\", or digits can be taken for a number")
      return nil
    }
    return scalar.string
  }

  /// A field that is `true` or `false`.
  func boolean(_ field: String) -> Bool? {
    guard let node = fields[field] else { return nil }
    guard let scalar = node.scalar, scalar.style == .plain, let value = Bool(scalar.string) else {
      problems.report(node, "\(field) is neither true nor false (without quotes)")
      return nil
    }
    return value
  }

  /// A field that is a whole number in `range`.
  func integer(_ field: String, in range: ClosedRange<Int>) -> Int? {
    guard let node = fields[field] else { return nil }
    guard let scalar = node.scalar, scalar.style == .plain, let value = Int(scalar.string), range.contains(value) else {
      problems.report(node, "\(field) is not a whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return value
  }

  /// A field that is one of a few words.
  func choice<Word: RawRepresentable<String> & CaseIterable>(_ field: String, of words: Word.Type) -> Word? {
    guard let node = fields[field] else { return nil }
    guard let scalar = node.scalar, let word = Word(rawValue: scalar.string) else {
      problems.report(node, "\(field) is none of \(words.allCases.map(\.rawValue).joined(separator: ", "))")
      return nil
    }
    return word
  }

  /// A field that is a list, each element made by `transform`, which throws what is wrong with it.
  func list<Element, Failure: Error>(
    _ field: String, _ transform: (String) throws(Failure) -> Element
  ) -> [Element]? {
    guard let node = fields[field] else { return nil }
    guard let sequence = node.sequence else {
      problems.report(node, "\(field) is not a list: write [a, b], or one `- a` a line")
      return nil
    }
    let elements = sequence.compactMap { element -> Element? in
      guard let scalar = scalar(element, "an element of \(field)", "text") else { return nil }
      do throws(Failure) {
        return try transform(scalar.string)
      } catch {
        problems.report(element, "\(field): \(error)")
        return nil
      }
    }
    return elements.count == sequence.count ? elements : nil
  }

  /// A field that is a mapping of `allowed` fields, or of any.
  func mapping(_ field: String, allowed: [String]?) -> YAMLMapping? {
    fields[field].flatMap { YAMLMapping($0, allowed: allowed, name: field, problems: problems) }
  }

  private func scalar(_ node: Node, _ name: String, _ wanted: String) -> Node.Scalar? {
    guard let scalar = node.scalar else {
      problems.report(node, "\(name) is not \(wanted)")
      return nil
    }
    return scalar
  }
}

/// What is wrong in one YAML file, gathered while it is read by one thread.
final class YAMLProblems {
  let path: String
  private(set) var all: [Problem] = []
  private let firstLine: Int

  /// Gathers what is wrong in `path`; the text that is read begins on `firstLine` of it.
  init(path: String, firstLine: Int = 1) {
    self.path = path
    self.firstLine = firstLine
  }

  /// Whether there is an error among them.
  var hasErrors: Bool { all.contains { $0.severity == .error } }

  func report(_ node: Node, _ message: String) {
    report(.error, line: node.mark?.line ?? 1, message)
  }

  func report(_ severity: Problem.Severity, line: Int, _ message: String) {
    all.append(Problem(severity, path: path, line: line + firstLine - 1, message))
  }
}
