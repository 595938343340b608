/// How one kind of value is written in gateway.yaml, read from there and checked.
///
/// A value is one text, or several if it is a list; how they are laid out is the file's, the environment's and the
/// command line's business.
struct Kind<Value: Sendable>: Sendable {
  /// What is allowed, for people.
  let allowed: String
  /// Whether there may be more texts than one, or none.
  let isList: Bool
  /// Makes a value of what was written.
  let read: @Sendable ([String]) throws(Rejection) -> Value
  /// Writes a value so that `read` takes it back.
  let write: @Sendable (Value) -> [String]

  /// A list, or anything else that takes several texts.
  init(
    allowed: String, readList: @escaping @Sendable ([String]) throws(Rejection) -> Value,
    writeList: @escaping @Sendable (Value) -> [String]
  ) {
    self.allowed = allowed
    isList = true
    read = readList
    write = writeList
  }

  /// A single text.
  init(
    allowed: String, read: @escaping @Sendable (String) throws(Rejection) -> Value,
    write: @escaping @Sendable (Value) -> String
  ) {
    self.allowed = allowed
    isList = false
    self.read = { texts throws(Rejection) in
      guard texts.count == 1 else { throw Rejection("\(texts.count) values where one is expected") }
      return try read(texts[0])
    }
    self.write = { [write($0)] }
  }
}

/// What is wrong with one value, as the middle of a sentence.
struct Rejection: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }

  /// `text` is not what it should be; it is quoted, without control characters and not in full length.
  init(_ text: String, _ fault: String) {
    let shown = text.unicodeScalars.prefix(60).map { $0.escaped(asASCII: false) }.joined()
    reason = "'\(shown)\(text.unicodeScalars.count > 60 ? "..." : "")' \(fault)"
  }
}
