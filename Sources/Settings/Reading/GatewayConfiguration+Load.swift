import Configuration
import FoundationEssentials

extension GatewayConfiguration {
  /// Reads gateway.yaml, the environment and the flags; flags win over the environment, the environment over the file.
  ///
  /// - Parameters:
  ///   - file: The path of gateway.yaml; nil reads no file.
  ///   - flags: What was said on the command line.
  ///   - environment: All variables of the process.
  /// - Returns: The configuration, complete and checked.
  /// - Throws: Everything that is wrong at once; nothing is applied then.
  public static func load(
    file: String? = nil, flags: CommandLineOverrides = .init(), environment: [String: String]
  ) throws(SettingsError) -> GatewayConfiguration {
    var problems: [SettingsProblem] = []
    var layers = [Layer(flags: flags), Layer(environment: environment, problems: &problems)]
    if let file { layers.append(Layer(yaml: try contents(of: file), path: file, problems: &problems)) }
    problems += layers.flatMap { $0.problems() }
    guard problems.isEmpty else { throw .invalid(problems.sorted(by: SettingsProblem.comesFirst)) }

    let configuration = try merged(layers, environment: environment)
    problems = brokenRules(in: configuration, from: layers)
    guard problems.isEmpty else { throw .invalid(problems.sorted(by: SettingsProblem.comesFirst)) }
    return configuration
  }

  /// The defaults, with what the first of `layers` that has it says instead. All values have been checked.
  private static func merged(
    _ layers: [Layer], environment: [String: String]
  ) throws(SettingsError)
    -> GatewayConfiguration
  {
    var configuration = GatewayConfiguration()
    // systemd names several, separated by colons, if a unit has several.
    if let state = environment["STATE_DIRECTORY"]?.split(separator: ":").first { configuration.state = String(state) }
    let reader = ConfigReader(providers: layers.map(\.provider))
    for setting in Section.settings.values {
      let key = setting.configKey
      let texts = setting.isList ? reader.stringArray(forKey: key) : reader.string(forKey: key).map { [$0] }
      guard let texts else { continue }
      do {
        try setting.apply(texts, &configuration)
      } catch {
        throw .invalid([setting.problem(error, at: layers.origin(of: setting.key) ?? .standard)])
      }
    }
    return configuration
  }

  private static func brokenRules(in configuration: GatewayConfiguration, from layers: [Layer]) -> [SettingsProblem] {
    Rule.all.filter { $0.isBroken(configuration) }.map { rule in
      // Of the keys that a rule is about, only one that was written down can be wrong.
      let written = rule.keys.lazy.compactMap { key in layers.origin(of: key).map { (key, $0) } }.first
      return SettingsProblem(
        origin: written?.1 ?? .standard, key: written?.0 ?? rule.keys.joined(separator: ", "), reason: rule.reason,
        allowed: rule.allowed)
    }
  }

  private static func contents(of file: String) throws(SettingsError) -> String {
    let data: Data
    do {
      data = try Data(contentsOf: URL(filePath: file))
    } catch {
      throw .fileUnreadable(path: file, reason: reason(of: error))
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw .fileUnreadable(path: file, reason: "it is not UTF-8; allowed: text in UTF-8")
    }
    return text
  }

  private static func reason(of error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileReadNoSuchFile, .fileNoSuchFile: "there is no such file; allowed: a file, or no --config at all"
    case .fileReadNoPermission: "it may not be read by this user"
    default: "it cannot be read: \(error)"
    }
  }
}

extension [Layer] {
  /// Where the setting with `key` was written, in the layer that wins.
  fileprivate func origin(of key: String) -> SettingsProblem.Origin? {
    guard let name = Section.settings[key]?.name else { return nil }
    return lazy.compactMap { $0.origins[name] }.first
  }
}
