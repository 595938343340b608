import ArgumentParser
import Control
import FoundationEssentials

/// Asks the running gateway how it is.
struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show how the running gateway is.",
    discussion: """
      Messages a second are those of the last ten seconds; counters start with the gateway.

      With --json: version, node, pid, started_at, now, memory (bytes), listening, devices (total, online), broker (lanes, \
      connected, waiting, waiting_bytes, reconnects, congested), spool (messages, bytes, oldest_seconds, set_aside, \
      failing), handshakes (established, refused by reason), messages (up, acknowledged, dropped, up_per_second, \
      acknowledged_per_second).

      Example:
        gwctl status
      """)

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let status = try await common.client.status()
    if common.json {
      try printJSON(status)
    } else {
      try print(Table(rows: status.rows).text, terminator: "")
    }
  }
}

extension GatewayStatus {
  /// The status as people read it: a name and a value in each row.
  var rows: [[String]] {
    [
      ["devices", "\(devices.online) online of \(devices.total)"],
      ["messages", "\(rate)\(messages.up) up, \(messages.acknowledged) acknowledged, \(messages.dropped) dropped"],
      ["broker", "\(broker.connected) of \(count(broker.lanes, "connection")) up\(lag)"],
    ] + (spool.map { [["spool", $0.text]] } ?? []) + [
      ["handshakes", "\(handshakes.established) established, \(refusals)"]
    ] + (memory.map { [["memory", "\($0 >> 20) MiB"]] } ?? []) + [
      ["running", "since \(startedAt.formatted(.iso8601))\(uptime), process \(processID)"],
      ["listening", listening.joined(separator: " ")],
      ["node", node],
      ["version", version],
    ]
  }

  private var rate: String {
    guard let up = messages.upPerSecond, let acknowledged = messages.acknowledgedPerSecond else { return "" }
    return "\(Self.short(up))/s in, \(Self.short(acknowledged))/s out; "
  }

  /// What the broker has not acknowledged yet.
  private var lag: String {
    guard let waiting = broker.waiting else { return "" }
    let bytes = broker.waitingBytes.map { " (\($0) bytes)" } ?? ""
    let lost = broker.reconnects.map { $0 > 0 ? ", \(count($0, "reconnect"))" : "" } ?? ""
    let congested = broker.congested == true ? ", too slow: devices are not read" : ""
    return ", \(count(waiting, "message"))\(waiting > 0 ? bytes : "") waiting\(lost)\(congested)"
  }

  private var uptime: String {
    guard let now, now >= startedAt, now.timeIntervalSince(startedAt) < 1e9 else { return "" }
    let seconds = Int(now.timeIntervalSince(startedAt))
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60)
    if days > 0 { return " (\(days) d \(hours) h)" }
    return hours > 0 ? " (\(hours) h \(minutes) min)" : minutes > 0 ? " (\(minutes) min)" : " (\(seconds) s)"
  }

  /// With one digit behind the point below a hundred.
  private static func short(_ number: Double) -> String {
    guard number.isFinite, abs(number) < 1e15 else { return "?" }
    return number < 100 ? "\((number * 10).rounded() / 10)" : "\(Int(number.rounded()))"
  }

  private var refusals: String {
    let reasons = handshakes.refused.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let total = handshakes.refused.values.reduce(0) { $0.addingReportingOverflow($1).partialValue }
    return "\(total) refused" + (reasons.isEmpty ? "" : " (\(reasons.joined(separator: ", ")))")
  }
}
