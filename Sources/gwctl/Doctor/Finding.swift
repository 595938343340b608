import Devices
import Model

/// One thing that should be mended.
struct Finding: Encodable, Sendable {
  /// What kind of thing; a name that does not change.
  let kind: String
  /// Whether it keeps something from working or lets strangers in, or only should be looked at.
  let severity: Severity
  /// The device that it is about.
  let device: String?
  /// The file that it is about.
  let path: String?
  /// The line in the file.
  let line: Int?
  /// What is wrong.
  let message: String
  /// The line for a shell that mends it; nil where what it takes is not known here.
  let command: String?

  /// How bad it is; the worst first.
  enum Severity: String, Encodable, CaseIterable {
    case error, warning
  }

  /// Something about a device.
  init(_ kind: String, _ severity: Severity, _ device: Device, _ message: String, command: String) {
    self.kind = kind
    self.severity = severity
    self.device = device.id.name
    path = device.source?.path
    line = device.source?.line
    self.message = message
    self.command = command
  }

  /// Something about a file or directory.
  init(_ kind: String, _ severity: Severity, path: String, line: Int? = nil, _ message: String, command: String?) {
    self.kind = kind
    self.severity = severity
    device = nil
    self.path = path
    self.line = line
    self.message = message
    self.command = command
  }

  /// Where it is and what it is, and below, on a line of its own, the command that mends it.
  var rows: [[String]] {
    [[severity.rawValue, device ?? path.map { $0 + (line.map { ":\($0)" } ?? "") } ?? "", message]]
      + (command.map { [["", "", $0]] } ?? [])
  }
}

/// What `gwctl doctor` found, as JSON shows it.
struct Diagnosis: Encodable, Sendable {
  /// How many devices can be used.
  let devices: Int
  /// Whether the store of when devices were last seen was there.
  let lastSeen: Bool
  /// All findings, the worst first.
  let findings: [Finding]

  private enum CodingKeys: String, CodingKey {
    case devices, findings
    case lastSeen = "last_seen"
  }
}
