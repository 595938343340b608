/// How lists of devices are written, by others and by us.
public enum ListFormat: String, Sendable, CaseIterable {
  /// `identity:hexkey` lines: Mosquitto's psk_file, and a bundle of ours.
  case psk
  /// stunnel's PSKsecrets: as ``psk``, but a key that is not hex is taken as its text (stunnel(8), PSKsecrets).
  case stunnel
  /// EMQX's init_file: the secret is always text, never hex, and blanks count.
  case emqx
  /// A table with a head (RFC 4180); a column for each field of a device's file.
  case csv
  /// An array of objects whose fields are those of a device's file.
  case json

  /// Whether a device is nothing but a line with its identity and key.
  public var isLines: Bool {
    switch self {
    case .psk, .stunnel, .emqx: true
    case .csv, .json: false
    }
  }

  /// The format that a file's name tells, by its ending; ``psk`` where it tells none.
  public init(path: String) {
    switch path.split(separator: ".").last?.lowercased() {
    case "csv": self = .csv
    case "json": self = .json
    default: self = .psk
    }
  }
}
