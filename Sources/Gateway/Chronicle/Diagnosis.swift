import Model
import SecureServer
import Settings

/// Says in a sentence what became of a handshake, and what an operator can do about it.
struct Diagnosis: Sendable {
  let tls: GatewayConfiguration.TLS
  let limits: GatewayConfiguration.Limits

  init(_ configuration: GatewayConfiguration) {
    tls = configuration.tls
    limits = configuration.limits
  }

  /// The sentence for `outcome`, which is that of `device`, if its identity is known.
  func text(of outcome: Outcome, _ device: DeviceID? = nil) -> String {
    switch outcome.result {
    case .connected(let version, let cipher): "connected with \(version), \(cipher)"
    case .refused(let reason): text(of: reason, outcome, device?.name ?? "ID")
    }
  }

  private func text(of reason: HandshakeFailure.Reason, _ outcome: Outcome, _ id: String) -> String {
    switch reason {
    case .unknownPSKIdentity:
      "no device has this identity: 'gwctl add-device', or mend what the device presents"
    case .wrongPreSharedKey:
      """
      wrong key: compare the device's with 'gwctl show-device \(id) --reveal-key', or give it a new one with 'gwctl \
      rotate-key \(id)'
      """
    case .rejectedPSKIdentity(let why): rejection(why, id)
    case .preSharedKeyTooShort: "the device's key is too short: give it a new one with 'gwctl rotate-key \(id)'"
    case .noPreSharedKeyOffered: noKey
    case .unsupportedVersion: versions(outcome.offer)
    case .noSharedCipher: suites(outcome.offer, outcome.version)
    case .noSharedApplicationProtocol: "offered only ALPN protocols other than mqtt: let it offer mqtt, or none"
    case .timedOut, .notTLS, .invalidProxyHeader, .peerClosed, .alertReceived, .protocolError: broken(reason)
    case .serverBusy, .tooManyConnections, .tooManyConnectionsFromAddress, .serverClosing, .internalError: ours(reason)
    case .certificateRejected, .noCertificate, .unknownServerName: "refused: \(reason)"
    }
  }

  /// What the table of devices says of an identity that it knows.
  private func rejection(_ why: String, _ id: String) -> String {
    switch why {
    case "disabledDevice": "the device is disabled: 'gwctl enable-device \(id)' lets it in again"
    case "wrongTLSVersion":
      "the device's key is for another version of TLS: mend 'tls' in its file, or what the device speaks"
    case "wrongAddress": "the device may not connect from there: mend 'from' in its file"
    case "unusableKey": "the device's key cannot be used: give it a new one with 'gwctl rotate-key \(id)'"
    default: "refused by the device's record: \(why)"
    }
  }

  private var noKey: String {
    let ticket = "offered no pre-shared key, or an old session only: set identity and key in the device"
    guard !tls.allowPSKWithoutDiffieHellman else { return ticket }
    return ticket + "; if it has them and offers psk_ke alone, set 'tls.allow_psk_ke_without_dh: true'"
  }

  /// What went wrong on the way, or in the peer.
  private func broken(_ reason: HandshakeFailure.Reason) -> String {
    switch reason {
    case .timedOut:
      """
      did not finish its handshake within \(limits.handshakeTimeout): a bad link, a slow device \
      ('limits.handshake_timeout'), or a port scan
      """
    case .notTLS: "did not speak TLS: switch TLS on in the device, or look who it is"
    case .invalidProxyHeader(let text):
      "the proxy's header is broken (\(text)): have the proxy send one, or take it out of 'proxy_protocol.trusted'"
    case .peerClosed: "went in the middle of its handshake: look at the device's own log"
    case .alertReceived(let alert): "the device gave up with the alert \(alert): look at its own log"
    default: "broke the protocol (\(reason)): look whether it speaks TLS-PSK at all, and at its own log"
    }
  }

  /// What ran out here.
  private func ours(_ reason: HandshakeFailure.Reason) -> String {
    switch reason {
    case .serverBusy:
      "no slot for its handshake became free: more cores, or 'limits.maximum_handshaking' and 'limits.maximum_slot_wait'"
    case .tooManyConnections: "'limits.maximum_connections' (\(limits.maximumConnections)) is reached: raise it"
    case .tooManyConnectionsFromAddress:
      """
      'limits.maximum_connections_per_address' (\(limits.maximumConnectionsPerAddress)) is reached: raise it, or look why \
      this address has so many
      """
    case .serverClosing: "the gateway was stopping"
    default: "the gateway failed (\(reason)): look at its log"
    }
  }
}
