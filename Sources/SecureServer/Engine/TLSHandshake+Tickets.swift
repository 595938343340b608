/// What OpenSSL asks about session tickets.
extension TLSHandshake {
  /// What goes into the ticket of this session.
  func contentsOfTicket() -> SessionTicketContents {
    if proof == .ticket, let ticket = keyExchange.ticket { return ticket.contents }
    let now = configuration.sessionTickets?.time ?? 0
    guard proof == .preSharedKey, let identity = keyExchange.identity, let secret = keyExchange.secret
    else {
      return SessionTicketContents(
        authenticatedAt: now, rules: context.sessionRules, preSharedKey: nil,
        certificateErrorCode: certificates.errors.first?.code.rawValue ?? 0)
    }
    return SessionTicketContents(
      authenticatedAt: now, rules: context.sessionRules, preSharedKey: .init(identity: identity, secret: secret))
  }

  /// Whether the session in a ticket of ours may go on: not longer after its full handshake than tickets live, and with
  /// a pre-shared key only while that is still the identity's.
  func mayResume(_ contents: SessionTicketContents, _ certificate: TLSCertificate?, _ version: TLSVersion) -> Bool {
    guard let tickets = configuration.sessionTickets, contents.rules == context.sessionRules,
      // One from the future was made before the clock was set back: how old it is cannot be told.
      (-SessionTickets.clockSkew..<tickets.lifetime.components.seconds).contains(
        tickets.time &- contents.authenticatedAt)
    else { return false }
    guard let proved = contents.preSharedKey else {
      guard !context.requiresPreSharedKey, mayResume(with: certificate, contents.certificateErrorCode) else {
        return false
      }
      keyExchange.accept(contents, nil)
      return true
    }
    guard configuration.preSharedKeyProvider != nil else { return false }
    switch judge(proved.identity, version) {
    case .success(let keys):
      let isProved = { (key: AcceptedKeys.Key) in
        SessionTicketContents.ProvedKey(identity: proved.identity, secret: key.secret) == proved
      }
      guard let key = keys.first(where: isProved) else { return false }
      keyExchange.accept(contents, key.context)
      return true
    case .failure(let refusal):
      keyExchange.refuse(contents, because: refusal.reason)
      return false
    }
  }
}
