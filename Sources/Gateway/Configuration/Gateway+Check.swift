import Devices
import Routing
import SecureServer
public import Settings

extension Gateway {
  /// What `gatewayd --check` found.
  public struct CheckReport: Sendable {
    /// One line for each problem, `path:line: error: ...`.
    public let lines: [String]
    /// Whether any of them keeps a device, or the gateway, from working.
    public let hasErrors: Bool
  }

  /// Looks at everything that `configuration` names, and starts nothing.
  public static func check(_ configuration: GatewayConfiguration) -> CheckReport {
    do {
      _ = try TopicLayout(node: configuration.node, templates: configuration.topicTemplates)
      _ = try configuration.secureServer { _ in .unknownIdentity }.validated()
      if case .remote = configuration.broker.choice { _ = try configuration.brokerAddresses(nil) }
      let directory = DeviceDirectory(path: configuration.devices.directory, options: configuration.directoryOptions)
      let problems = try directory.load().problems
      return CheckReport(lines: problems.map(\.description), hasErrors: problems.contains { $0.severity == .error })
    } catch {
      return CheckReport(lines: ["\(error)"], hasErrors: true)
    }
  }
}
