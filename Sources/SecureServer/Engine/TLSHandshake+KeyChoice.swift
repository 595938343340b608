/// Which of several keys a TLS 1.3 peer has: its binder was made with it (RFC 8446 §4.2.11.2).
extension TLSHandshake {
  /// The key that made the offer's binder; the first if none did, so that OpenSSL refuses it as it does any wrong key.
  ///
  /// Only a first ClientHello is looked at. It has binders of its own, and after a HelloRetryRequest, when they would cover
  /// more than one message, the decision stands.
  func choose(
    among keys: AcceptedKeys, by offer: PreSharedKeyExtension.Offer, of offered: PreSharedKeyExtension,
    _ hash: BinderHash
  ) -> AcceptedKeys.Key {
    guard let hello = ClientHelloMessage(records: receivedBytes), hello.bytes.count > offered.bindersLength else {
      return keys.first
    }
    let covered = Array(hello.bytes.dropLast(offered.bindersLength))
    let proved = keys.first { PreSharedKeyBinder.isMade(offer.binder, with: $0.secret, over: covered, hash) }
    return proved ?? keys.first
  }
}

/// A whole ClientHello as a handshake message, put together from its records.
struct ClientHelloMessage {
  /// From the type on (RFC 8446 §4).
  let bytes: [UInt8]

  /// Reads the records that begin `records`; nil if they are something else.
  init?(records: [UInt8]) {
    var reader = ByteReader(records)
    var bytes: [UInt8] = []
    while let type = reader.readUInt8(), type == 22, reader.readUInt16() != nil, let fragment = reader.readVector16() {
      bytes += fragment
      guard bytes.count >= 4 else { continue }
      let count = 4 + (Int(bytes[1]) << 16 | Int(bytes[2]) << 8 | Int(bytes[3]))
      guard bytes[0] == 1 else { return nil }
      guard bytes.count >= count else { continue }
      self.bytes = Array(bytes.prefix(count))
      return
    }
    return nil
  }
}
