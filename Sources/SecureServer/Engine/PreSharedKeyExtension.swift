/// The `pre_shared_key` extension of a ClientHello, read once and whole (RFC 8446 §4.2.11).
struct PreSharedKeyExtension {
  /// One identity with its binder.
  struct Offer {
    let identity: [UInt8]
    let obfuscatedTicketAge: UInt32
    let binder: ArraySlice<UInt8>

    var binderLength: Int { binder.count }
  }

  /// The longest identity that is looked up; longer ones are tickets (OpenSSL's PSK_MAX_IDENTITY_LEN).
  static let maximumIdentityLength = 256

  let offers: [Offer]
  /// How many bytes the binders have in all, with their lengths: what no binder covers (RFC 8446 §4.2.11.2).
  let bindersLength: Int

  /// Reads the extension's body; nil if it is malformed, which OpenSSL then answers.
  init?(_ body: [UInt8]) {
    var reader = ByteReader(body)
    guard let identities = reader.readVector16(), let binders = reader.readVector16(), reader.isAtEnd else {
      return nil
    }
    var identityReader = ByteReader(identities)
    var binderReader = ByteReader(binders)
    var offers: [Offer] = []
    while !identityReader.isAtEnd {
      guard let identity = identityReader.readVector16(), let age = identityReader.readUInt32(),
        let binder = binderReader.readVector8()
      else { return nil }
      offers.append(Offer(identity: Array(identity), obfuscatedTicketAge: age, binder: binder))
    }
    guard binderReader.isAtEnd, !offers.isEmpty else { return nil }
    self.offers = offers
    bindersLength = binders.count + 2
  }
}

/// The hash that a TLS 1.3 pre-shared key is bound to, told by its binder's length.
enum BinderHash: Equatable {
  case sha256
  case sha384

  init?(binderLength: Int) {
    switch binderLength {
    case 32: self = .sha256
    case 48: self = .sha384
    default: return nil
    }
  }

  /// The hash of a TLS 1.3 suite by its number (RFC 8446 §B.4).
  init?(suite: UInt16) {
    switch suite {
    case 0x1301, 0x1303, 0x1304, 0x1305: self = .sha256
    case 0x1302: self = .sha384
    default: return nil
    }
  }

  /// A suite of this hash, two bytes as on the wire, to stand for it in a session.
  var suite: [UInt8] {
    switch self {
    case .sha256: [0x13, 0x01]
    case .sha384: [0x13, 0x02]
    }
  }
}
