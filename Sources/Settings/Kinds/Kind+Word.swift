extension Kind where Value == Bool {
  /// `true` or `false`.
  static var boolean: Kind {
    Kind(allowed: "true or false") { text throws(Rejection) in
      switch text {
      case "true": return true
      case "false": return false
      default: throw Rejection(text, "is neither true nor false")
      }
    } write: {
      String($0)
    }
  }
}

extension Kind where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
  /// One of a few words.
  static var choice: Kind {
    Kind(allowed: Value.allCases.map(\.rawValue).joined(separator: ", ")) { text throws(Rejection) in
      guard let value = Value(rawValue: text) else { throw Rejection(text, "is not one of the choices") }
      return value
    } write: {
      $0.rawValue
    }
  }
}

extension Kind where Value == String {
  /// Any text without control characters.
  static func text(maximumBytes: Int, allowed: String? = nil) -> Kind {
    Kind(allowed: allowed ?? "1 to \(maximumBytes) bytes without control characters") { text throws(Rejection) in
      guard !text.isEmpty else { throw Rejection("it is empty") }
      guard text.utf8.count <= maximumBytes else { throw Rejection(text, "is \(text.utf8.count) bytes long") }
      guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
        throw Rejection(text, "has a control character")
      }
      return text
    } write: {
      $0
    }
  }

  /// The path of a file or directory; whether it exists is found out by whoever opens it.
  static var path: Kind { text(maximumBytes: 4096, allowed: "a path") }

  /// A name that can stand in a topic.
  static var node: Kind {
    let limit = GatewayConfiguration.maximumNodeLength
    return Kind(allowed: "1 to \(limit) bytes without + # / and spaces") { text throws(Rejection) in
      guard (1...limit).contains(text.utf8.count) else { throw Rejection(text, "is \(text.utf8.count) bytes long") }
      for scalar in text.unicodeScalars where !GatewayConfiguration.isAllowedInNode(scalar) {
        throw Rejection(text, "has a '\(scalar.escaped(asASCII: true))'")
      }
      return text
    } write: {
      $0
    }
  }
}
