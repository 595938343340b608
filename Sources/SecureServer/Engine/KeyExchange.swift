/// What the handshake knows of the peer's pre-shared key, and of the ticket that may stand for it.
struct KeyExchange {
  /// What the peer's proof rests on, as far as the callbacks can tell: the last one that was answered.
  enum Proof {
    case none
    case preSharedKey
    case ticket
  }

  var version: TLSVersion?
  /// TLS 1.3: whether a suite is in both lists.
  var sharesSuite = true
  var proof = Proof.none
  /// TLS 1.2: what the ClientKeyExchange begins with; an identity only if a key is asked for.
  var claimedIdentity: [UInt8]?
  /// The identity that was decided on.
  private(set) var identity: [UInt8]?
  private(set) var secret: Secret?
  private(set) var hash: BinderHash?
  /// What the application said together with the key.
  private(set) var context: (any Sendable)?
  /// Why the peer must fail, if it must.
  private(set) var refusal: HandshakeFailure.Reason?
  /// A ticket of ours whose session may go on, and what the application said of its identity.
  private(set) var ticket: (contents: SessionTicketContents, context: (any Sendable)?)?

  var hasKey: Bool { secret != nil }

  mutating func accept(_ identity: [UInt8], _ secret: Secret, _ context: (any Sendable)?, _ hash: BinderHash?) {
    self.identity = identity
    self.secret = secret
    self.context = context
    self.hash = hash
    refusal = nil
  }

  /// A random key, which no peer can have.
  mutating func mask(_ identity: [UInt8], because reason: HandshakeFailure.Reason, _ hash: BinderHash?) {
    accept(identity, Secret(randomCount: 32), nil, hash)
    refusal = reason
  }

  mutating func accept(_ contents: SessionTicketContents, _ context: (any Sendable)?) {
    ticket = (contents, context)
    proof = .ticket
  }

  /// The session in a ticket may not go on; what else the peer offers decides, and if that is nothing, this is why.
  mutating func refuse(_ contents: SessionTicketContents, because reason: HandshakeFailure.Reason) {
    guard !hasKey else { return }
    identity = contents.preSharedKey?.identity
    refusal = reason
  }

  /// The identity that the peer offered, if it got that far; never a ticket's bytes.
  var offeredIdentity: [UInt8]? { refusal == .noPreSharedKeyOffered ? nil : identity ?? ticketIdentity }

  var ticketIdentity: [UInt8]? { ticket?.contents.preSharedKey?.identity }
}
