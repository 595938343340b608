import Settings
import TestSupport

/// Loads `yaml` as a file called gateway.yaml.
func load(
  _ yaml: String, flags: CommandLineOverrides = .init(), environment: [String: String] = [:]
) async throws -> GatewayConfiguration {
  try await withTemporaryDirectory { directory in
    let path = directory + "/gateway.yaml"
    try write(yaml, to: path)
    return try GatewayConfiguration.load(file: path, flags: flags, environment: environment)
  }
}

/// Everything that is wrong with `yaml`, one line each, without the directory that it is in.
func problems(
  in yaml: String, flags: CommandLineOverrides = .init(), environment: [String: String] = [:]
) async throws -> [String] {
  do {
    _ = try await load(yaml, flags: flags, environment: environment)
    return []
  } catch let error as SettingsError {
    return error.description.split(separator: "\n").map { line in
      line.firstRange(of: "gateway.yaml:").map { String(line[$0.lowerBound...]) } ?? String(line)
    }
  }
}
