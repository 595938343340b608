import Devices
import Model
import NIOCore
import Platform
import SecureServer

/// What a handshake proved: which device connects, and with which of its keys.
struct Admitted: Sendable {
  let device: Device
  let identity: [UInt8]
  let key: SecretBytes
  let version: TLSVersion
  let address: SocketAddress?
}

extension DeviceTable {
  /// Decides on the identity that a peer offers.
  func decide(on offer: PreSharedKeyOffer) -> PreSharedKeyDecision {
    guard let match = credential(for: offer.identity.span) else { return .unknownIdentity }
    let device = match.device
    guard device.isEnabled else { return .reject(reason: "disabledDevice") }
    guard device.allows(offer.version) else { return .reject(reason: "wrongTLSVersion") }
    guard device.allows(offer.peerAddress) else { return .reject(reason: "wrongAddress") }
    do {
      let key = try match.key.withBytes { bytes throws(SecureServerError) in try PreSharedKey(bytes) }
      return .accept(
        key,
        context: Admitted(
          device: device, identity: offer.identity, key: match.key, version: offer.version, address: offer.peerAddress))
    } catch {
      return .reject(reason: "unusableKey")
    }
  }

  /// Whether the pair of identity and key that a connection proved is still the device's, and may be used as it is.
  func isLive(_ admitted: Admitted) -> Bool {
    guard let match = credential(for: admitted.identity.span), match.device.id == admitted.device.id,
      match.device.isEnabled, match.device.allows(admitted.version), match.device.allows(admitted.address)
    else { return false }
    return match.key.isEqual(to: admitted.key) || match.nextKey?.isEqual(to: admitted.key) == true
  }
}

extension Device {
  fileprivate func allows(_ version: TLSVersion) -> Bool {
    switch tls {
    case .any: true
    case .tls12: version == .tlsv12
    case .tls13: version == .tlsv13
    }
  }

  fileprivate func allows(_ address: SocketAddress?) -> Bool {
    guard !from.isEmpty else { return true }
    guard let address = address?.ipAddress.flatMap({ IPAddress($0) }) else { return false }
    return from.contains { $0.contains(address) }
  }
}
