import Devices
import FoundationEssentials
import Model

/// A device as JSON shows it; the fields are named as in its file, and those that are as configured are left out.
struct DeviceReport: Encodable, Sendable {
  var id: String
  /// Left out where it is no UTF-8; `identity_hex` is always there.
  var identity: String?
  var identityHex: String
  /// In hex; only where the key was asked for.
  var key: String?
  var next: Next?
  var enabled: Bool
  var `protocol`: String
  var tls: String
  var from: [String]
  var sessions: String
  var maxSessions: Int?
  var labels: [String: String]
  var topics: String?
  var publish: [String]?
  var subscribe: [String]?
  var quota: Quota
  var ack: Bool
  var rotation: String
  var weakKey: Bool
  /// Only where it was asked for.
  var presence: Presence?
  var file: String?
  var line: Int?

  /// The rotation under way.
  struct Next: Encodable, Sendable {
    var identity: String?
    var identityHex: String
    var key: String?
    var since: Date?

    private enum CodingKeys: String, CodingKey {
      case identity, key, since
      case identityHex = "identity_hex"
    }
  }

  /// How much the device may send.
  struct Quota: Encodable, Sendable {
    var messagesPerSecond: Int?
    var bytesPerSecond: Int?
    var payloadBytes: Int?

    private enum CodingKeys: String, CodingKey {
      case messagesPerSecond = "messages_per_second"
      case bytesPerSecond = "bytes_per_second"
      case payloadBytes = "payload_bytes"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case id, identity, key, next, enabled, `protocol`, tls, from, sessions, labels, topics, publish, subscribe, quota
    case ack, rotation, presence, file, line
    case identityHex = "identity_hex"
    case maxSessions = "max_sessions"
    case weakKey = "weak_key"
  }
}
