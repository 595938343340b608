import FoundationEssentials
import SecureServer

/// What became of one or more handshakes that were alike.
struct Outcome: Sendable {
  /// How a handshake ended.
  enum Result: Hashable, Sendable {
    /// The key was proved.
    case connected(TLSVersion, cipher: String)
    /// It was not.
    case refused(HandshakeFailure.Reason)
  }

  let result: Result
  /// Where it came from, without the port.
  let address: String
  /// What was presented, if it got that far; its first 256 bytes.
  let identity: [UInt8]?
  /// The version, if it got that far.
  let version: TLSVersion?
  /// What the peer offered; only of refusals.
  let offer: ClientOffer?
  /// When it happened first.
  private(set) var first: Date
  /// When it happened last.
  private(set) var last: Date
  /// How often it happened.
  private(set) var count = 1

  init(_ connection: DeviceConnection) {
    result = .connected(connection.tls, cipher: connection.cipher)
    address = connection.address
    identity = connection.identity
    version = connection.tls
    offer = nil
    first = connection.since
    last = connection.since
  }

  init(_ refusal: Refusal) {
    result = .refused(refusal.reason)
    address = refusal.peer.plainAddress
    identity = refusal.identity
    version = refusal.version
    offer = refusal.offer
    first = refusal.time
    last = refusal.time
  }

  /// Whether it is the same once more.
  func isLike(_ other: Outcome) -> Bool {
    result == other.result && address == other.address && identity == other.identity && version == other.version
      && offer == other.offer
  }

  /// Adds `newer`, which is alike.
  mutating func add(_ newer: Outcome) {
    first = min(first, newer.first)
    last = max(last, newer.last)
    count += newer.count
  }
}
