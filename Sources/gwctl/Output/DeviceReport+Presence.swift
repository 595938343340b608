import Control
import FoundationEssentials
import Model
import Storage

extension DeviceReport {
  /// Whether the device is connected, and when it last was.
  struct Presence: Encodable, Sendable {
    var online: Bool
    var since: Date?
    var lastSeen: Date?
    var end: String?
    var address: String?
    var tls: String?
    var cipher: String?

    private enum CodingKeys: String, CodingKey {
      case online, since, end, address, tls, cipher
      case lastSeen = "last_seen"
    }

    /// A device that is connected.
    init(_ connection: OnlineDevice) {
      online = true
      since = connection.since
      (address, tls, cipher) = (connection.address, connection.tls, connection.cipher)
    }

    /// A device that is not; nil: it never was, as far as is known.
    init(_ last: LastSeen?) {
      online = false
      guard let last else { return }
      since = last.connectedAt
      lastSeen = last.seenAt
      end = last.end?.rawValue
      (address, tls, cipher) = (last.address, last.tlsVersion, last.cipherSuite)
    }
  }
}

extension DeviceReport.Presence {
  /// As people read it: the state, the time that goes with it, and the last address.
  var cells: [String] {
    if online { return ["online since \(since?.formatted(.iso8601) ?? "")", address ?? "", tls ?? ""] }
    guard let lastSeen else { return ["never seen", "", ""] }
    return ["last seen \(lastSeen.formatted(.iso8601))" + (end.map { " (\($0))" } ?? ""), address ?? "", tls ?? ""]
  }
}
