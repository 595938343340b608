import Control
import Devices
import FoundationEssentials
import Model
import NIOCore
import SecureServer
import Sessions

/// What an event loop tells the chronicle: as little work as possible is done before it is handed over.
enum Note: Sendable {
  /// A device has proved its key.
  case connected(DeviceConnection)
  /// A device's connection has ended.
  case disconnected(DeviceID, connection: UInt64, SessionEnd, at: Date)
  /// A handshake was refused. What is rare is kept apart, so that the others are small.
  indirect case refused(Refusal)
  /// devices.d says something else; there are `total` devices now.
  indirect case devicesChanged(DeviceChanges, total: Int, at: Date)
  /// What has its words already.
  indirect case event(GatewayEvent)

  /// When it happened.
  var time: Date {
    switch self {
    case .connected(let connection): connection.since
    case .disconnected(_, _, _, let time): time
    case .refused(let refusal): refusal.time
    case .devicesChanged(_, _, let time): time
    case .event(let event): event.time
    }
  }
}

/// A device's connection, from its proof to its end. Several books have it: a class costs each of them one reference, where
/// a value would cost four.
final class DeviceConnection: Sendable {
  let device: DeviceID
  let connection: UInt64
  let since: Date
  /// Where it comes from, without the port.
  let address: String
  let tls: TLSVersion
  let cipher: String
  let identity: [UInt8]
  /// Whether it proved the key that a rotation brings.
  let provedNextKey: Bool

  init(
    device: DeviceID, connection: UInt64, since: Date, address: String, tls: TLSVersion, cipher: String,
    identity: [UInt8], provedNextKey: Bool
  ) {
    self.device = device
    self.connection = connection
    self.since = since
    self.address = address
    self.tls = tls
    self.cipher = cipher
    self.identity = identity
    self.provedNextKey = provedNextKey
  }
}

extension SocketAddress? {
  /// The address without the port; SecureServer has taken off an IPv4 address's IPv6 clothes. SwiftNIO keeps the text of
  /// an address that it has from a socket, and to make it anew takes several thousand instructions.
  var plainAddress: String {
    switch self {
    case .v4(let address) where !address.host.isEmpty: address.host
    case .v6(let address) where !address.host.isEmpty: address.host
    case let other: other?.ipAddress ?? ""
    }
  }
}

extension DeviceConnection {
  convenience init(_ admitted: Admitted, _ channel: SecureChannelInfo, since: Date) {
    self.init(
      device: admitted.device.id, connection: channel.connection, since: since,
      address: channel.peerAddress.plainAddress, tls: channel.tls.version, cipher: channel.tls.cipherSuite,
      identity: admitted.identity,
      provedNextKey: admitted.slot == .next)
  }
}

/// A handshake that was refused.
struct Refusal: Sendable {
  /// The longest identity that is kept, in bytes: no longer one can be configured.
  private static let maximumIdentityBytes = 256

  let time: Date
  let peer: SocketAddress?
  let reason: HandshakeFailure.Reason
  /// What was presented, if it got that far; its first 256 bytes.
  let identity: [UInt8]?
  let version: TLSVersion?
  let offer: ClientOffer?

  init(time: Date, peer: SocketAddress?, failure: HandshakeFailure) {
    self.time = time
    self.peer = peer
    reason = failure.reason
    identity = failure.offeredIdentity.map {
      $0.count <= Self.maximumIdentityBytes ? $0 : Array($0.prefix(Self.maximumIdentityBytes))
    }
    version = failure.version
    offer = failure.offer
  }
}
