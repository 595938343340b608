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
  /// The name that the client asks for.
  var serverName: String?
  /// Whether the client gets `unrecognized_name` for it.
  let refusesServerName: Bool
  /// Who answers; nil outside of ``advance(with:asking:)``.
  private(set) var application: (any HandshakeApplication)?
  private let ssl: SSLObject

  var configuration: TLSConfiguration { context.configuration }
  /// The identity that the peer offered, if it got that far.
  var offeredIdentity: [UInt8]? { keyExchange.offeredIdentity }
  /// What the application said together with the key.
  var applicationContext: (any Sendable)? { isResumed ? keyExchange.ticket?.context : keyExchange.context }
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

  /// Whether the session of a ticket went on. OpenSSL says so of a TLS 1.3 pre-shared key as well.
  var isResumed: Bool { keyExchange.proof == .ticket && ssl.reusesSession }

  private var sessionInfo: TLSSessionInfo {
    let chain = context.asksForCertificates ? ssl.peerCertificates : []
    return TLSSessionInfo(
      version: ssl.version, cipherSuite: ssl.cipherSuite, applicationProtocol: ssl.applicationProtocol,
      pskIdentity: provedIdentity, peerCertificateChain: chain, isPeerVerified: !chain.isEmpty && ssl.isPeerVerified,
      resumed: isResumed, serverName: serverName)
  }

  private var provedIdentity: [UInt8]? {
    switch keyExchange.proof {
    case .none: nil
    case .preSharedKey: keyExchange.identity
    case .ticket: isResumed ? keyExchange.ticketIdentity : nil
    }
  }

  private func reason(for failure: OpenSSLFailure) -> HandshakeFailure.Reason {
    let received = ssl.window.alerts.last { !$0.isSent && $0.alert.isFatal }
    return switch failure.kind {
    case .alertReceived where received != nil: .alertReceived(received?.alert ?? TLSAlert(code: 0, isFatal: true))
    case .wrongKey where keyExchange.proof == .preSharedKey: keyExchange.refusal ?? .wrongPreSharedKey
    case .noSharedCipher where keyExchange.version == .tlsv13 && context.requiresPreSharedKey && !keyExchange.hasKey:
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
