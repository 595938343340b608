import ArgumentParser
import Control
import FoundationEssentials

/// Tells why a device, an identity or an address does not get in.
struct Why: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why",
    abstract: "Tell when a device last connected, and why it was refused.",
    discussion: """
      For a device's id, for an identity (as text, or in hex behind 0x), or for an address. The gateway keeps the last 20 \
      outcomes of each device, and those of 1,000 unknown identities and 1,000 addresses, from its start.

      With --json: kind, subject, summary, online, last_connection (since, seen, end, address, tls, cipher, identity_hex, \
      next_key), outcomes and nearby (outcome, text, count, first, last, address, identity_hex, offered_versions, \
      offered_suites).

      Example:
        gwctl why sensor-1
      """)

  @Argument(
    help: .init("A device's id, an identity or an address.", valueName: "id|identity|address"), completion: .deviceID)
  var subject: String

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (1...1024).contains(subject.utf8.count) else { throw ValidationError("That is no id, identity or address.") }
  }

  func run() async throws {
    let report = try await common.client.why(subject)
    if common.json { try printJSON(report) } else { try report.lines.forEach { try print(showable($0)) } }
  }
}

extension WhyReport {
  /// The report as people read it.
  fileprivate var lines: [String] {
    var lines = ["\(kind.rawValue) \(subject): \(summary)"]
    if let last = lastConnection {
      lines.append(
        "last connection: since \(last.since.formatted(.iso8601)) from \(last.address), \(last.tls), \(last.cipher)")
    }
    lines += outcomes.flatMap(\.lines)
    if let nearby {
      lines.append("from its last address, without an identity:")
      lines += nearby.flatMap(\.lines)
    }
    return lines
  }
}

extension WhyReport.Outcome {
  fileprivate var lines: [String] {
    let times = count == 1 ? "" : ", \(count) times since \(first.formatted(.iso8601))"
    let head = "  \(last.formatted(.iso8601))  \(outcome)  from \(address)\(times)"
    return [head, "      \(text)"] + (offer.map { ["      offered \($0)"] } ?? [])
  }
  /// What the peer offered; of many suites those for pre-shared keys.
  private var offer: String? {
    guard let offeredVersions, let offeredSuites else { return nil }
    let keyed = offeredSuites.filter { $0.contains("PSK") || $0.hasPrefix("TLS_") }
    let shown = keyed.prefix(4).joined(separator: ", ")
    let more = offeredSuites.count - min(4, keyed.count)
    return "\(offeredVersions.joined(separator: ", ")) with \(shown)"
      + (more > 0 ? (shown.isEmpty ? "" : " and ") + gwctl.count(more, "other suite") : "")
  }
}
