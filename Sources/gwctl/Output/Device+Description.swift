import Devices
import FoundationEssentials
import Model

extension Device {
  /// The device as people read it: a name and a value in each row; its keys only if `revealsKey`.
  func rows(revealsKey: Bool) -> [[String]] {
    var rows = [
      ["id", id.name],
      ["identity", showable(identity: identity)],
      ["key", keyText(key, revealsKey: revealsKey)],
      ["enabled", isEnabled ? "yes" : "no"],
      ["protocol", `protocol`.rawValue],
      ["tls", tls.rawValue],
    ]
    if let next {
      rows.append(["next identity", showable(identity: next.identity)])
      rows.append(["next key", keyText(next.key, revealsKey: revealsKey)])
      if let nextSince { rows.append(["next since", nextSince.formatted(.iso8601)]) }
    }
    rows += rowsOfPolicies
    if let source { rows.append(["file", source.description]) }
    return rows
  }

  /// Its labels on one line, by name.
  var labelText: String {
    labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
  }

  /// What is not as it is for most devices.
  private var rowsOfPolicies: [[String]] {
    var rows: [[String]] = []
    if !labels.isEmpty { rows.append(["labels", labelText]) }
    if !from.isEmpty { rows.append(["from", from.map(\.description).joined(separator: " ")]) }
    if case .perClientID(let maximum) = sessions { rows.append(["sessions", "per-client-id, up to \(maximum)"]) }
    if let topics { rows.append(["topics", topics.rawValue]) }
    if let publish { rows.append(["publish", publish.map(\.pattern).joined(separator: " ")]) }
    if let subscribe { rows.append(["subscribe", subscribe.map(\.pattern).joined(separator: " ")]) }
    rows += quota.rows
    if ack { rows.append(["ack", "yes"]) }
    if rotation != .manual { rows.append(["rotation", rotation.rawValue]) }
    return rows
  }

  private func keyText(_ key: SecretBytes, revealsKey: Bool) -> String {
    revealsKey ? key.withBytes { hex($0) } : "\(key.count) bytes, not shown (--reveal-key shows it)"
  }
}

extension Devices.Quota {
  fileprivate var rows: [[String]] {
    let numbers = [
      ("messages a second", messagesPerSecond), ("bytes a second", bytesPerSecond), ("payload bytes", payloadBytes),
    ]
    return numbers.compactMap { name, number in number.map { [name, "at most \($0)"] } }
  }
}
