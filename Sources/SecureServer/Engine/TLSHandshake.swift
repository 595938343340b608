/// One connection's handshake: bytes in, bytes and a verdict out. It becomes a ``TLSRecordLayer`` when it succeeds.
final class TLSHandshake {
  /// What the bytes so far came to.
  enum Step {
    case wantMoreBytes
    case complete(TLSRecordLayer, TLSSessionInfo)
    case failed(HandshakeFailure.Reason)
  }

  /// Asks the application about an identity.
  typealias Decide = (_ identity: [UInt8], _ version: TLSVersion) -> PreSharedKeyDecision

  private let ssl: SSLObject
  private let context: TLSContext
  private let decide: Decide
  private var keyExchange = KeyExchange()

  /// The identity that the peer offered, if it got that far.
  var offeredIdentity: [UInt8]? { keyExchange.refusal == .noPreSharedKeyOffered ? nil : keyExchange.identity }
  /// What the application said together with the key.
  var applicationContext: (any Sendable)? { keyExchange.context }
  /// The version, once it is clear.
  var version: TLSVersion? { keyExchange.version }

  init(context: TLSContext, window: TLSWindow, decide: @escaping Decide) throws(SecureServerError) {
    ssl = try SSLObject(context: context, window: window)
    self.context = context
    self.decide = decide
  }

  /// Takes `bytes`; says how many were read: what is left after the last flight belongs to the record layer.
  func advance(with bytes: RawSpan) -> (step: Step, consumed: Int) {
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

  private var sessionInfo: TLSSessionInfo {
    TLSSessionInfo(
      version: ssl.version, cipherSuite: ssl.cipherSuite, applicationProtocol: ssl.applicationProtocol,
      pskIdentity: keyExchange.identity ?? [], resumed: false, serverName: ssl.serverName)
  }

  private func reason(for failure: OpenSSLFailure) -> HandshakeFailure.Reason {
    let received = ssl.window.alerts.last { !$0.isSent && $0.alert.isFatal }
    return switch failure.kind {
    case .alertReceived where received != nil: .alertReceived(received?.alert ?? TLSAlert(code: 0, isFatal: true))
    case .wrongKey where keyExchange.identity != nil: keyExchange.refusal ?? .wrongPreSharedKey
    case .noSharedCipher where keyExchange.version == .tlsv13 && !keyExchange.hasKey: .noPreSharedKeyOffered
    case .noSharedCipher: .noSharedCipher
    case .unsupportedVersion: .unsupportedVersion
    case .noSharedApplicationProtocol: .noSharedApplicationProtocol
    case .refusedByUs, .wrongKey, .alertReceived, .other: keyExchange.refusal ?? .protocolError(failure.text)
    }
  }
}

// MARK: - What OpenSSL asks

extension TLSHandshake {
  /// Reads the whole pre_shared_key extension once. If an identity is a live one of ours, the others get no answer;
  /// if none is, the last that is no ticket is masked, under the hash that its binder tells. Where all look like
  /// tickets, which nobody here gave out, the last is masked as well: an age of one's own making must not turn the
  /// alert into a list of our identities.
  func receivedClientHello(_ hello: ClientHello) -> ClientHello.Answer {
    guard hello.offersTLS13, context.configuration.maximumTLSVersion == .tlsv13 else { return .proceed }
    keyExchange.version = .tlsv13
    let modes = hello.modes
    guard modes.withDiffieHellman || (modes.without && context.configuration.allowsPSKWithoutForwardSecrecy),
      let offers = hello.preSharedKeys.flatMap(PreSharedKeyExtension.init)?.offers
    else { return .proceed }
    // After a HelloRetryRequest the same identities come again, and the decision stands (RFC 8446 §4.1.2).
    if !keyExchange.hasKey, let refusal = decide(on: offers) { return refusal }
    return suites(for: hello)
  }

  private func decide(on offers: [PreSharedKeyExtension.Offer]) -> ClientHello.Answer? {
    var refused: (offer: PreSharedKeyExtension.Offer, reason: HandshakeFailure.Reason)?
    var ticket: PreSharedKeyExtension.Offer?
    for offer in offers where offer.identity.count <= PreSharedKeyExtension.maximumIdentityLength {
      guard let hash = BinderHash(binderLength: offer.binderLength), !offer.identity.isEmpty else { continue }
      switch judge(offer.identity, .tlsv13) {
      case .success(let secret):
        keyExchange.accept(offer.identity, secret, hash)
        return nil
      case .failure(let refusal):
        if offer.obfuscatedTicketAge == 0 { refused = (offer, refusal.reason) } else { ticket = offer }
      }
    }
    guard let refused = refused ?? ticket.map({ ($0, .noPreSharedKeyOffered) }),
      let hash = BinderHash(binderLength: refused.offer.binderLength)
    else { return nil }
    keyExchange.mask(refused.offer.identity, because: refused.reason, hash)
    return context.configuration.unknownIdentityPolicy == .alert ? .refuse(alert: 115) : nil
  }

  /// A key is bound to one hash; OpenSSL would choose a suite of another where the client offers both.
  private func suites(for hello: ClientHello) -> ClientHello.Answer {
    guard let wanted = keyExchange.hash else { return .proceed }
    let shared = hello.suites(sharedWith: context.suites.numbers).compactMap { BinderHash(suite: $0) }
    let isAmbiguous = shared.contains(.sha256) && shared.contains(.sha384)
    return isAmbiguous ? .narrow(context.suites.list(of: wanted)) : .proceed
  }

  /// TLS 1.3: the key for exactly this identity, if it is the one that was decided on.
  func key(for identity: [UInt8]) -> (secret: Secret, hash: BinderHash)? {
    guard keyExchange.identity == identity, let secret = keyExchange.secret, let hash = keyExchange.hash else {
      return nil
    }
    return (secret, hash)
  }

  /// TLS 1.2: what follows the handshake header; the identity comes first in each PSK key exchange (RFC 4279 §2 to §4).
  func receivedClientKeyExchange(_ body: [UInt8]) {
    var reader = ByteReader(body)
    guard let identity = reader.readVector16() else { return }
    keyExchange.version = .tlsv12
    keyExchange.identity = Array(identity)
  }

  /// TLS 1.2: the key for the identity that just came; nil lets OpenSSL send unknown_psk_identity.
  func keyForClientKeyExchange(maximumLength: Int) -> Secret? {
    guard let identity = keyExchange.identity else { return nil }
    switch judge(identity, .tlsv12) {
    case .success(let secret) where secret.count <= maximumLength:
      keyExchange.accept(identity, secret, nil)
    case .success:
      keyExchange.mask(identity, because: .internalError("a key of more than \(maximumLength) bytes"), nil)
    case .failure(let refusal):
      keyExchange.mask(identity, because: refusal.reason, nil)
      if context.configuration.unknownIdentityPolicy == .alert { return nil }
    }
    return keyExchange.secret
  }

  private struct Refusal: Error {
    let reason: HandshakeFailure.Reason
  }

  private func judge(_ identity: [UInt8], _ version: TLSVersion) -> Result<Secret, Refusal> {
    guard !identity.isEmpty else { return .failure(Refusal(reason: .unknownPSKIdentity)) }
    switch decide(identity, version) {
    case .accept(let key, _) where key.count < context.configuration.minimumPreSharedKeyLength:
      return .failure(Refusal(reason: .preSharedKeyTooShort))
    case .accept(let key, let context):
      keyExchange.context = context
      return .success(key.secret)
    case .unknownIdentity: return .failure(Refusal(reason: .unknownPSKIdentity))
    case .reject(let why): return .failure(Refusal(reason: .rejectedPSKIdentity(why)))
    }
  }
}

/// Which key a handshake goes on with: the identity's, or a random one that no peer can have.
private struct KeyExchange {
  var version: TLSVersion?
  var identity: [UInt8]?
  var context: (any Sendable)?
  private(set) var secret: Secret?
  private(set) var hash: BinderHash?
  /// Why the peer must fail, if it must.
  private(set) var refusal: HandshakeFailure.Reason?

  var hasKey: Bool { secret != nil }

  mutating func accept(_ identity: [UInt8], _ secret: Secret, _ hash: BinderHash?) {
    self.identity = identity
    self.secret = secret
    self.hash = hash
  }

  mutating func mask(_ identity: [UInt8], because reason: HandshakeFailure.Reason, _ hash: BinderHash?) {
    accept(identity, Secret(randomCount: 32), hash)
    refusal = reason
  }
}
