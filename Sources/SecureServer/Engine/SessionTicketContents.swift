/// What we put into a ticket besides OpenSSL's session: who proved what, and when.
struct SessionTicketContents: Equatable {
  /// The full handshake, in seconds since 1970: each resumption gives a new ticket, and none extends the session.
  let authenticatedAt: Int64
  /// See ``TLSContext/sessionRules``.
  let rules: [UInt8]
  /// The identity whose key was proved, and what tells that key from others; nil for a session with certificates.
  let preSharedKey: ProvedKey?
  /// The first error of the client's certificate that was accepted nevertheless; 0 if there was none.
  let certificateErrorCode: Int32

  /// A pre-shared key as a ticket names it.
  struct ProvedKey: Equatable {
    let identity: [UInt8]
    /// See ``init(identity:secret:)``.
    let fingerprint: [UInt8]

    init(identity: [UInt8], fingerprint: [UInt8]) {
      self.identity = identity
      self.fingerprint = fingerprint
    }

    init(identity: [UInt8], secret: Secret) {
      self.init(identity: identity, fingerprint: secret.authenticate(Array("session ticket of ".utf8) + identity))
    }
  }

  private static let formatVersion: UInt8 = 1

  init(authenticatedAt: Int64, rules: [UInt8], preSharedKey: ProvedKey?, certificateErrorCode: Int32 = 0) {
    self.authenticatedAt = authenticatedAt
    self.rules = rules
    self.preSharedKey = preSharedKey
    self.certificateErrorCode = certificateErrorCode
  }

  /// Reads what ``encoded`` wrote; nil if it is something else.
  init?(_ bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    guard reader.readUInt8() == Self.formatVersion, let time = reader.readUInt64(),
      let error = reader.readUInt32(), let rules = reader.readVector8(),
      let identity = reader.readVector16(), let fingerprint = reader.readVector8(), reader.isAtEnd
    else { return nil }
    authenticatedAt = Int64(clamping: time)
    certificateErrorCode = Int32(truncatingIfNeeded: error)
    self.rules = Array(rules)
    preSharedKey =
      identity.isEmpty ? nil : ProvedKey(identity: Array(identity), fingerprint: Array(fingerprint))
  }

  /// As bytes, for the ticket.
  var encoded: [UInt8] {
    let time = UInt64(clamping: authenticatedAt)
    var bytes = [Self.formatVersion]
    bytes += stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: time >> $0) }
    bytes += stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: certificateErrorCode >> $0) }
    bytes += [UInt8(truncatingIfNeeded: rules.count)] + rules
    let identity = preSharedKey?.identity ?? []
    bytes += [UInt8(truncatingIfNeeded: identity.count >> 8), UInt8(truncatingIfNeeded: identity.count)] + identity
    let fingerprint = preSharedKey?.fingerprint ?? []
    return bytes + [UInt8(truncatingIfNeeded: fingerprint.count)] + fingerprint
  }
}
