import ArgumentParser
import Control
import FoundationEssentials

/// Asks the running gateway how it is.
struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show how the running gateway is.",
    discussion: """
      With --json: version, node, pid, started_at, listening, devices (total, online), broker (lanes, connected), \
      handshakes (established, refused by reason), messages (up, acknowledged, dropped). Counters start with the gateway.

      Example:
        gwctl status
      """)

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let status = try await common.client.status()
    if common.json {
      try printJSON(status)
    } else {
      print(Table(rows: status.rows).text, terminator: "")
    }
  }
}

extension GatewayStatus {
  /// The status as people read it: a name and a value in each row.
  var rows: [[String]] {
    [
      ["node", node],
      ["version", version],
      ["running", "since \(startedAt.formatted(.iso8601)), process \(processID)"],
      ["listening", listening.joined(separator: " ")],
      ["devices", "\(devices.online) online of \(devices.total)"],
      ["broker", "\(broker.connected) of \(count(broker.lanes, "connection")) up"],
      ["handshakes", "\(handshakes.established) established, \(refusals)"],
      ["messages", "\(messages.up) up, \(messages.acknowledged) acknowledged, \(messages.dropped) dropped"],
    ]
  }

  private var refusals: String {
    let reasons = handshakes.refused.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let total = handshakes.refused.values.reduce(0) { $0.addingReportingOverflow($1).partialValue }
    return "\(total) refused" + (reasons.isEmpty ? "" : " (\(reasons.joined(separator: ", ")))")
  }
}
