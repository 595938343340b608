import Devices
import Model
import NIOCore
import Platform
import SecureServer

/// What a handshake proved: which device connects, and with which of its keys.
final class Admitted: Sendable {
  /// With no other key than ``key``, so that none outlives its removal in a connection.
  let device: Device
  let identity: [UInt8]
  let key: SecretBytes
  /// Which of the device's keys it is.
  let slot: CredentialSlot
  /// How many tables its loop had seen when it decided.
  let generation: Int

  init(_ device: Device, identity: [UInt8], key: SecretBytes, _ slot: CredentialSlot, generation: Int) {
    self.device = device.next == nil ? device : device.having(Credential(identity: identity, key: key))
    self.identity = identity
    self.key = key
    self.slot = slot
    self.generation = generation
  }
}

extension DeviceTable {
  /// Decides on the identity that a peer offers; where it has two keys, `trials` says which comes first.
  func decide(on offer: PreSharedKeyOffer, generation: Int, _ trials: KeyTrials) -> PreSharedKeyDecision {
    let identity = offer.identity
    guard let match = credential(for: identity.span) else { return .unknownIdentity }
    let device = match.device
    guard device.isEnabled else { return .reject(reason: "disabledDevice") }
    guard device.allows(offer.version) else { return .reject(reason: "wrongTLSVersion") }
    guard device.allows(offer.peerAddress) else { return .reject(reason: "wrongAddress") }
    do {
      let candidate = { (key: SecretBytes, slot: CredentialSlot) throws(SecureServerError) in
        PreSharedKeyCandidate(
          try key.withBytes { bytes throws(SecureServerError) in try PreSharedKey(bytes) },
          context: Admitted(device, identity: identity, key: key, slot, generation: generation))
      }
      let first = try candidate(match.key, match.slot)
      guard let nextKey = match.nextKey else { return .accept(first.key, context: first.context) }
      let second = try candidate(nextKey, .next)
      return .acceptOne(of: trials.isNextFirst(offer) ? [second, first] : [first, second])
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

extension KeyTrials {
  /// Whether the key that a rotation brings comes first. TLS 1.3 tells the keys apart by itself.
  fileprivate func isNextFirst(_ offer: PreSharedKeyOffer) -> Bool {
    offer.version == .tlsv12
      && slot(for: offer.identity, from: offer.peerAddress, connection: offer.connection) == .next
  }
}

extension Device {
  /// The device with this credential and no other.
  fileprivate func having(_ credential: Credential) -> Device {
    var device = self
    device.credential = credential
    device.next = nil
    return device
  }

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
