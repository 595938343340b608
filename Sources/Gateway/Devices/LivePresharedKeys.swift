import Devices
import Model
import NIOCore
import Platform
import SecureServer

/// What a handshake proved: which device connects, and with which of its keys.
final class Admitted: Sendable {
  let device: Device
  let identity: [UInt8]
  let key: SecretBytes
  /// How many tables its loop had seen when it decided.
  let generation: Int

  init(device: Device, identity: [UInt8], key: SecretBytes, generation: Int) {
    self.device = device
    self.identity = identity
    self.key = key
    self.generation = generation
  }
}

extension DeviceTable {
  /// Decides on the identity that a peer offers.
  func decide(on offer: PreSharedKeyOffer, generation: Int) -> PreSharedKeyDecision {
    let identity = offer.identity
    guard let match = credential(for: identity.span) else { return .unknownIdentity }
    let device = match.device
    guard device.isEnabled else { return .reject(reason: "disabledDevice") }
    guard device.allows(offer.version) else { return .reject(reason: "wrongTLSVersion") }
    guard device.allows(offer.peerAddress) else { return .reject(reason: "wrongAddress") }
    do {
      let key = try match.key.withBytes { bytes throws(SecureServerError) in try PreSharedKey(bytes) }
      let admitted = Admitted(
        device: device, identity: identity, key: match.key, generation: generation)
      return .accept(key, context: admitted)
    } catch {
      return .reject(reason: "unusableKey")
    }
  }

  /// Whether the pair of identity and key that a connection proved is still the device's, and may be used as it is there.
  func isLive(_ admitted: Admitted, _ info: SecureChannelInfo) -> Bool {
    let identity = admitted.identity
    guard let match = credential(for: identity.span), match.device.id == admitted.device.id,
      match.device.isEnabled, match.device.allows(info.tls.version), match.device.allows(info.peerAddress)
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
