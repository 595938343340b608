/// What OpenSSL asks about pre-shared keys.
extension TLSHandshake {
  /// The alert for an identity that is unknown (RFC 8446 §6.2), and for a name (RFC 6066 §3).
  private static let unknownPSKIdentityCode: UInt8 = 115
  private static let unrecognizedNameCode: UInt8 = 112
  private static let illegalParameterCode: UInt8 = 47
  /// No client has more keys and tickets to offer. Each costs us a look: hundreds would be a lever, and a clock.
  private static let maximumOffers = 16

  /// Reads the whole pre_shared_key extension once. If an identity is a live one of ours, the others get no answer;
  /// if none is, the last that is no ticket is masked, under the hash that its binder tells. Where all look like
  /// tickets, but none is one of ours, the last is masked as well: an age of one's own making must not turn the
  /// alert into a list of our identities.
  func receivedClientHello(_ hello: ClientHello) -> ClientHello.Answer {
    spoken = (hello.legacyVersion, hello.supportedVersions, hello.cipherSuites)
    // After a HelloRetryRequest nothing but the key shares may change (RFC 8446 §4.1.2): the settings were chosen by it.
    guard (serverNameExtension ?? hello.serverName) == hello.serverName else {
      return .refuse(alert: Self.illegalParameterCode)
    }
    serverNameExtension = .some(hello.serverName)
    if refusesServerName { return .refuse(alert: Self.unrecognizedNameCode) }
    guard hello.offersTLS13, configuration.maximumTLSVersion == .tlsv13 else { return .proceed }
    keyExchange.version = .tlsv13
    let shared = hello.suites(sharedWith: context.suites.numbers).compactMap { BinderHash(suite: $0) }
    keyExchange.sharesSuite = !shared.isEmpty
    let modes = hello.modes
    guard modes.withDiffieHellman || (modes.without && configuration.allowsPSKWithoutForwardSecrecy),
      configuration.preSharedKeyProvider != nil,
      let offered = hello.preSharedKeys.flatMap(PreSharedKeyExtension.init)
    else { return .proceed }
    guard offered.offers.count <= Self.maximumOffers else { return .refuse(alert: Self.illegalParameterCode) }
    // After a HelloRetryRequest the same identities come again, and the decision stands.
    if !keyExchange.hasKey, let refusal = decide(on: offered, fitting: shared) { return refusal }
    return suites(fitting: shared)
  }

  private func decide(on offered: PreSharedKeyExtension, fitting hashes: [BinderHash]) -> ClientHello.Answer? {
    var refused: (offer: PreSharedKeyExtension.Offer, reason: HandshakeFailure.Reason)?
    var ticket: PreSharedKeyExtension.Offer?
    for offer in offered.offers where offer.identity.count <= PreSharedKeyExtension.maximumIdentityLength {
      // OpenSSL lays a key aside that fits none of the suites.
      guard let hash = BinderHash(binderLength: offer.binderLength), hashes.contains(hash), !offer.identity.isEmpty
      else { continue }
      // OpenSSL asks about it by itself, and nobody else's identity looks like it.
      if context.isTicketOfOurs(offer.identity) { continue }
      // All are judged, whatever comes of it, so that the time tells nothing.
      switch judge(offer.identity, .tlsv13) {
      case .success(let keys):
        let key = keys.others.isEmpty ? keys.first : choose(among: keys, by: offer, of: offered, hash)
        if !keyExchange.hasKey { keyExchange.accept(offer.identity, key.secret, key.context, hash) }
      case .failure(let refusal):
        if offer.obfuscatedTicketAge == 0 { refused = (offer, refusal.reason) } else { ticket = offer }
      }
    }
    return keyExchange.hasKey ? nil : refuse(refused ?? ticket.map { ($0, .noPreSharedKeyOffered) })
  }

  private func refuse(
    _ refused: (offer: PreSharedKeyExtension.Offer, reason: HandshakeFailure.Reason)?
  ) -> ClientHello.Answer? {
    // Where a certificate will do, the peer goes on without a key.
    guard context.requiresPreSharedKey, let refused, let hash = BinderHash(binderLength: refused.offer.binderLength)
    else { return nil }
    keyExchange.mask(refused.offer.identity, because: refused.reason, hash)
    return configuration.unknownIdentityPolicy == .alert ? .refuse(alert: Self.unknownPSKIdentityCode) : nil
  }

  /// A key is bound to one hash; OpenSSL would choose a suite of another where the client offers both.
  private func suites(fitting shared: [BinderHash]) -> ClientHello.Answer {
    guard let wanted = keyExchange.hash else { return .proceed }
    // Without a certificate OpenSSL prefers SHA-256 by itself, and narrowing costs 70,000 instructions.
    if wanted == .sha256, !context.hasCertificate { return .proceed }
    let isAmbiguous = shared.contains(.sha256) && shared.contains(.sha384)
    return isAmbiguous ? .narrow(context.suites.list(of: wanted)) : .proceed
  }

  /// TLS 1.3: the key for exactly this identity, if it is the one that was decided on.
  func key(for identity: [UInt8]) -> (secret: Secret, hash: BinderHash)? {
    guard keyExchange.identity == identity, let secret = keyExchange.secret, let hash = keyExchange.hash else {
      return nil
    }
    keyExchange.proof = .preSharedKey
    return (secret, hash)
  }

  /// TLS 1.2: what follows the handshake header; the identity comes first in each PSK key exchange (RFC 4279 §2 to §4).
  func receivedClientKeyExchange(_ body: [UInt8]) {
    var reader = ByteReader(body)
    keyExchange.version = .tlsv12
    keyExchange.claimedIdentity = reader.readVector16().map { Array($0) }
  }

  /// TLS 1.2: the key for the identity that just came; nil lets OpenSSL send unknown_psk_identity.
  func keyForClientKeyExchange(maximumLength: Int) -> Secret? {
    guard let identity = keyExchange.claimedIdentity else { return nil }
    keyExchange.proof = .preSharedKey
    switch judge(identity, .tlsv12) {
    case .success(let keys) where keys.first.secret.count <= maximumLength:
      keyExchange.accept(identity, keys.first.secret, keys.first.context, nil)
    case .success:
      keyExchange.mask(identity, because: .internalError("a key of more than \(maximumLength) bytes"), nil)
    case .failure(let refusal):
      keyExchange.mask(identity, because: refusal.reason, nil)
      if configuration.unknownIdentityPolicy == .alert { return nil }
    }
    return keyExchange.secret
  }

  /// Why an identity gets no key.
  struct Refusal: Error {
    let reason: HandshakeFailure.Reason
  }

  /// Asks the application about an identity.
  func judge(_ identity: [UInt8], _ version: TLSVersion) -> Result<AcceptedKeys, Refusal> {
    guard !identity.isEmpty, let application else { return .failure(Refusal(reason: .unknownPSKIdentity)) }
    let minimum = configuration.minimumPreSharedKeyLength
    switch application.decide(on: identity, version, context) {
    case .accept(let key, _) where key.count < minimum: return .failure(Refusal(reason: .preSharedKeyTooShort))
    case .accept(let key, let context):
      return .success(AcceptedKeys(first: .init(secret: key.secret, context: context)))
    case .acceptOne(let candidates) where candidates.isEmpty: return .failure(Refusal(reason: .unknownPSKIdentity))
    case .acceptOne(let candidates):
      let keys = AcceptedKeys(candidates.filter { $0.key.count >= minimum })
      return keys.map { .success($0) } ?? .failure(Refusal(reason: .preSharedKeyTooShort))
    case .unknownIdentity: return .failure(Refusal(reason: .unknownPSKIdentity))
    case .reject(let why): return .failure(Refusal(reason: .rejectedPSKIdentity(why)))
    }
  }
}
