import Configuration

extension Layer {
  /// The `GATEWAY_...` variables; lists are separated by commas.
  ///
  /// A variable that sets nothing is a problem, so that a misspelled one is not missed.
  init(environment: [String: String], problems: inout [SettingsProblem]) {
    let names = Dictionary(uniqueKeysWithValues: Section.settings.values.map { ($0.variable, $0.name) })
    var origins: [String: SettingsProblem.Origin] = [:]
    for variable in environment.keys.sorted() where variable.hasPrefix("GATEWAY_") {
      let origin = SettingsProblem.Origin.environment(variable: variable)
      if let name = names[variable] {
        origins[name] = origin
      } else {
        let allowed = "GATEWAY_ and a key of gateway.yaml, as in GATEWAY_LIMITS_BACKLOG for limits.backlog"
        problems.append(SettingsProblem(origin: origin, key: "", reason: "unknown variable", allowed: allowed))
      }
    }
    self.origins = origins
    provider = EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "gateway")
  }
}
