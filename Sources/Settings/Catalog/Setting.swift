/// One key of gateway.yaml: where it is, what it means, what it takes, and the member that it sets.
struct Setting: Sendable {
  /// Its name with dots, as the file nests it.
  let key: String
  /// What it means and what happens when it is reached, for people.
  let documentation: String
  /// What it takes, for people.
  let allowed: String
  /// Whether it takes several values.
  let isList: Bool
  /// Whether `section: VALUE` says it too.
  let isShorthand: Bool
  /// What stands in the commented file in place of a default that there is not, or that depends on the machine.
  let example: String?
  /// The value in a configuration as it would be written; nil if it has none.
  let written: @Sendable (GatewayConfiguration) -> [String]?
  /// Takes what was written into a configuration.
  let apply: @Sendable ([String], inout GatewayConfiguration) throws(Rejection) -> Void

  /// A setting with a default.
  init<Value>(
    _ key: String, _ member: any WritableKeyPath<GatewayConfiguration, Value> & Sendable, _ kind: Kind<Value>,
    isShorthand: Bool = false, example: String? = nil, _ documentation: String
  ) {
    self.key = key
    self.documentation = documentation
    self.isShorthand = isShorthand
    self.example = example
    allowed = kind.allowed
    isList = kind.isList
    written = { kind.write($0[keyPath: member]) }
    apply = { texts, configuration throws(Rejection) in configuration[keyPath: member] = try kind.read(texts) }
  }

  /// A setting that is nil unless it is set.
  init<Value>(
    _ key: String, optional member: any WritableKeyPath<GatewayConfiguration, Value?> & Sendable, _ kind: Kind<Value>,
    example: String, _ documentation: String
  ) {
    self.key = key
    self.documentation = documentation
    self.example = example
    isShorthand = false
    allowed = kind.allowed
    isList = kind.isList
    written = { $0[keyPath: member].map(kind.write) }
    apply = { texts, configuration throws(Rejection) in configuration[keyPath: member] = try kind.read(texts) }
  }
}

extension Setting {
  /// What environment and command line call it: the key, or the section that it is the shorthand of.
  var name: String { isShorthand ? String(key.prefix { $0 != "." }) : key }

  /// The key without its section.
  var lastPart: String { String(key[(key.firstIndex(of: ".").map(key.index(after:)) ?? key.startIndex)...]) }

  /// The environment variable that sets it.
  var variable: String { "GATEWAY_" + name.uppercased().replacing(".", with: "_") }
}
