/// How keys are to be written.
public enum KeyForm: Sendable {
  /// Sealed under the first of the master keys.
  case sealed
  /// In hex.
  case clear
}

/// What came of writing the keys of a directory in another form.
public struct KeyRewriting: Sendable {
  /// How many keys were in clear and are sealed now.
  public internal(set) var sealed = 0
  /// How many keys were sealed under another master key and are sealed under the first one now.
  public internal(set) var resealed = 0
  /// How many keys were sealed and are in clear now.
  public internal(set) var opened = 0
  /// How many keys are as they were, for that is how they should be.
  public internal(set) var unchanged = 0
  /// How many files were written.
  public internal(set) var files = 0
  /// What could not be read, and is as it was.
  public internal(set) var problems: [Problem] = []
}

extension KeySealer {
  /// A key in another form.
  ///
  /// - Parameters:
  ///   - text: the key as it is written.
  ///   - form: how it should be.
  ///   - identity: whose it is.
  ///   - acceptsWeakKey: whether one byte is enough.
  ///   - report: what is counted.
  /// - Returns: the text, which the caller wipes; nil if it is in that form already.
  /// - Throws: ``KeyError``.
  func rewrite(
    _ text: Span<UInt8>, as form: KeyForm, of identity: [UInt8], acceptingWeak acceptsWeakKey: Bool,
    _ report: inout KeyRewriting
  ) throws(KeyError) -> [UInt8]? {
    let isSealed = SealedKey.isMeant(by: text)
    // Looked at even if it stays, so that a damaged one is told.
    let key = try key(text, of: identity.span, acceptingWeak: acceptsWeakKey)
    switch (form, isSealed) {
    case (.clear, false):
      report.unchanged += 1
      return nil
    case (.clear, true):
      report.opened += 1
      return PresharedKey.hexadecimal(key)
    case (.sealed, false):
      report.sealed += 1
      return self.text(of: key, identity: identity)
    case (.sealed, true):
      guard try SealedKey(text).version != versions.first else {
        report.unchanged += 1
        return nil
      }
      report.resealed += 1
      return self.text(of: key, identity: identity)
    }
  }
}
