/// One connection's handshake: bytes in, bytes and a verdict out. It becomes a ``TLSRecordLayer`` when it succeeds.
///
/// What OpenSSL asks meanwhile is answered in the extensions: pre-shared keys, certificates, tickets.
final class TLSHandshake {
  /// What the bytes so far came to.
  enum Step {
    case wantMoreBytes
    case complete(TLSRecordLayer, TLSSessionInfo)
    case failed(HandshakeFailure.Reason)
  }

  let context: TLSContext
  var keyExchange = KeyExchange()
  var certificates = CertificateExchange()
  /// What of the ClientHello tells what the client speaks; taken apart only where the handshake fails.
  var spoken: (legacyVersion: UInt16, supportedVersions: [UInt8]?, cipherSuites: [UInt8])?
  /// The ClientHello's server name; nil before it was read.
  var serverNameExtension: [UInt8]??
  /// The name that the client asks for.
  var serverName: String? { serverNameExtension?.flatMap { ServerName.inExtension($0[...]) } }
  /// Whether the client gets `unrecognized_name` for it.
  let refusesServerName: Bool
  /// Who answers; nil outside of ``advance(with:asking:)``.
  private(set) var application: (any HandshakeApplication)?
  private let ssl: SSLObject

  /// What was lent to this call of ``advance(with:asking:)``.
  var receivedBytes: [UInt8] { ssl.window.lentInput }
  var configuration: TLSConfiguration { context.configuration }
  /// The identity that the peer offered, if it got that far.
  var offeredIdentity: [UInt8]? { keyExchange.offeredIdentity }
  /// What the peer said that it speaks, if it got that far.
  var offer: ClientOffer? {
    spoken.map {
      ClientOffer(
        legacyVersion: $0.legacyVersion, supportedVersions: $0.supportedVersions, cipherSuites: $0.cipherSuites)
    }
  }
  /// What the application said together with the key.
  var applicationContext: (any Sendable)? {
    switch proof {
    case .none: nil
    case .preSharedKey: keyExchange.context
    case .ticket: keyExchange.ticket?.context
    }
  }
  /// The version, once it is clear.
  var version: TLSVersion? { keyExchange.version }

  init(context: TLSContext, window: TLSWindow, refusesServerName: Bool = false) throws(SecureServerError) {
    ssl = try SSLObject(context: context, window: window)
    self.context = context
    self.refusesServerName = refusesServerName
  }

  /// Takes `bytes`; says how many were read: what is left after the last flight belongs to the record layer.
  func advance(with bytes: RawSpan, asking application: any HandshakeApplication) -> (step: Step, consumed: Int) {
    self.application = application
    defer { self.application = nil }
    let (outcome, consumed) = ssl.window.withInput(bytes, for: self) { ssl.doHandshake() }
    switch outcome {
    case .complete:
      ssl.forgetHandshakeCallbacks()
      ssl.forgetPreSharedKey()
      return (.complete(TLSRecordLayer(ssl), sessionInfo), consumed)
    case .wantMoreBytes: return (.wantMoreBytes, consumed)
    case .closed: return (.failed(.peerClosed), consumed)
    case .failed(let failure): return (.failed(reason(for: failure)), consumed)
    }
  }

  /// What the peer's proof rests on in the end. In TLS 1.3 a key or a ticket that OpenSSL was given may have been laid
  /// aside, for a suite of another hash say, and the handshake gone on with the certificate.
  var proof: KeyExchange.Proof {
    switch keyExchange.proof {
    case .preSharedKey where ssl.version == .tlsv12 || ssl.reusesSession: .preSharedKey
    case .ticket where ssl.reusesSession: .ticket
    case .none, .preSharedKey, .ticket: .none
    }
  }

  private var sessionInfo: TLSSessionInfo {
    let chain = context.asksForCertificates ? ssl.peerCertificates : []
    return TLSSessionInfo(
      version: ssl.version, cipherSuite: ssl.cipherSuite, applicationProtocol: ssl.applicationProtocol,
      pskIdentity: provedIdentity, peerCertificateChain: chain, isPeerVerified: !chain.isEmpty && ssl.isPeerVerified,
      resumed: proof == .ticket, serverName: serverName)
  }

  private var provedIdentity: [UInt8]? {
    switch proof {
    case .none: nil
    case .preSharedKey: keyExchange.identity
    case .ticket: keyExchange.ticketIdentity
    }
  }

  private func reason(for failure: OpenSSLFailure) -> HandshakeFailure.Reason {
    let received = ssl.window.alerts.last { !$0.isSent && $0.alert.isFatal }
    return switch failure.kind {
    case .alertReceived where received != nil: .alertReceived(received?.alert ?? TLSAlert(code: 0, isFatal: true))
    case .wrongKey where keyExchange.proof == .preSharedKey: keyExchange.refusal ?? .wrongPreSharedKey
    case .noSharedCipher
    where keyExchange.version == .tlsv13 && context.requiresPreSharedKey && keyExchange.sharesSuite
      && !keyExchange.hasKey:
      keyExchange.refusal ?? .noPreSharedKeyOffered
    case .noSharedCipher: .noSharedCipher
    case .unsupportedVersion: .unsupportedVersion
    case .noSharedApplicationProtocol: .noSharedApplicationProtocol
    case .noCertificate: .noCertificate
    case .certificateRejected: certificates.rejection.map { .certificateRejected($0) } ?? .protocolError(failure.text)
    case .refusedByUs where refusesServerName: .unknownServerName
    case .refusedByUs, .wrongKey, .alertReceived, .other: keyExchange.refusal ?? .protocolError(failure.text)
    }
  }
}
