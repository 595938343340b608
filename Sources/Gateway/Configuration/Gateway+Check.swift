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
    var lines: [String] = []
    var hasErrors = false
    // Each by itself: one mistake must not hide the next.
    func check(_ body: () throws -> Void) {
      do {
        try body()
      } catch {
        lines.append("\(error)")
        hasErrors = true
      }
    }
    check { _ = try TopicLayout(node: configuration.node, templates: configuration.topicTemplates) }
    check { _ = try configuration.secureServer(inherited: []) { _ in .unknownIdentity }.validated() }
    check { if case .remote = configuration.broker.choice { _ = try configuration.brokerAddresses(nil) } }
    for file in [configuration.broker.caFile, configuration.broker.certificateFile, configuration.broker.keyFile] {
      check { if let file { try configuration.requireReadable(file) } }
    }
    check {
      let directory = DeviceDirectory(path: configuration.devices.directory, options: configuration.directoryOptions)
      let problems = try directory.load().problems
      lines += problems.map(\.description)
      hasErrors = hasErrors || problems.contains { $0.severity == .error }
    }
    return CheckReport(lines: lines, hasErrors: hasErrors)
  }
}
