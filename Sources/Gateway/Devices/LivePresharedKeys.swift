import Devices
import Model
import NIOCore
import Platform
import SecureServer

/// What a handshake proved: which device connects, and with which of its keys.
struct Admitted: Sendable {
  /// With no other key than ``key``, so that none outlives its removal in a connection.
  let device: Device
  let identity: [UInt8]
  let key: SecretBytes
  let version: TLSVersion
  let address: SocketAddress?
  /// Which of the device's keys it is.
  let slot: CredentialSlot

  init(_ device: Device, _ offer: PreSharedKeyOffer, key: SecretBytes, _ slot: CredentialSlot) {
    var device = device
    device.next = nil
    device.credential = Credential(identity: offer.identity, key: key)
    self.device = device
    self.key = key
    self.slot = slot
    identity = offer.identity
    version = offer.version
    address = offer.peerAddress
  }
}

extension DeviceTable {
  /// Decides on the identity that a peer offers; where it has two keys, `trials` says which comes first.
  func decide(on offer: PreSharedKeyOffer, _ trials: KeyTrials) -> PreSharedKeyDecision {
    guard let match = credential(for: offer.identity.span) else { return .unknownIdentity }
    let device = match.device
    guard device.isEnabled else { return .reject(reason: "disabledDevice") }
    guard device.allows(offer.version) else { return .reject(reason: "wrongTLSVersion") }
    guard device.allows(offer.peerAddress) else { return .reject(reason: "wrongAddress") }
    do {
      let candidate = { (key: SecretBytes, slot: CredentialSlot) throws(SecureServerError) in
        PreSharedKeyCandidate(
          try key.withBytes { bytes throws(SecureServerError) in try PreSharedKey(bytes) },
          context: Admitted(device, offer, key: key, slot))
      }
      let first = try candidate(match.key, match.slot)
      guard let nextKey = match.nextKey else { return .accept(first.key, context: first.context) }
      let second = try candidate(nextKey, .next)
      return .acceptOne(of: trials.isNextFirst(offer) ? [second, first] : [first, second])
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

extension KeyTrials {
  /// Whether the key that a rotation brings comes first. TLS 1.3 tells the keys apart by itself.
  fileprivate func isNextFirst(_ offer: PreSharedKeyOffer) -> Bool {
    offer.version == .tlsv12
      && slot(for: offer.identity, from: offer.peerAddress, connection: offer.connection) == .next
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
