import COpenSSL

/// The binder of an external pre-shared key (RFC 8446 §4.2.11.2, §7.1). OpenSSL checks it with one key; we make it to see which
/// of several that must be.
enum PreSharedKeyBinder {
  /// Whether `binder` was made with `key` over `message`: a first ClientHello up to its binders.
  static func isMade(
    _ binder: ArraySlice<UInt8>, with key: Secret, over message: [UInt8], _ hash: BinderHash
  ) -> Bool {
    // HKDF-Extract with a salt of zeros; then "ext binder" over nothing, and "finished".
    let zeros = Secret(copying: [UInt8](repeating: 0, count: hash.byteCount).span)
    let early = unsafe key.withUnsafeBytes { hash.code(under: zeros, of: unsafe Array($0)) }
    let binderKey = expand(early, label: "ext binder", context: hash.digest(of: []), hash)
    let finishedKey = expand(binderKey, label: "finished", context: [], hash)
    let expected = hash.code(under: finishedKey, of: hash.digest(of: message))
    return unsafe expected.withUnsafeBytes { expected in
      unsafe expected.count == binder.count && CRYPTO_memcmp(expected.baseAddress, Array(binder), expected.count) == 0
    }
  }

  /// HKDF-Expand-Label to the length of the hash, which is one block (RFC 5869 §2.3).
  private static func expand(_ secret: Secret, label: String, context: [UInt8], _ hash: BinderHash) -> Secret {
    let label = Array("tls13 \(label)".utf8)
    let length = UInt16(hash.byteCount)
    let info =
      [UInt8(length >> 8), UInt8(length & 0xff), UInt8(label.count)] + label + [UInt8(context.count)] + context
    return hash.code(under: secret, of: info + [1])
  }
}

extension BinderHash {
  fileprivate var byteCount: Int {
    switch self {
    case .sha256: 32
    case .sha384: 48
    }
  }

  private var algorithm: OpaquePointer? {
    switch self {
    case .sha256: unsafe EVP_sha256()
    case .sha384: unsafe EVP_sha384()
    }
  }

  fileprivate func digest(of message: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: byteCount)
    _ = unsafe EVP_Digest(message, message.count, &digest, nil, algorithm, nil)
    return digest
  }

  /// HMAC of `message` (RFC 2104). The message, which may be a key, is wiped.
  fileprivate func code(under key: Secret, of message: consuming [UInt8]) -> Secret {
    var message = message
    var code = [UInt8](repeating: 0, count: byteCount)
    defer {
      unsafe OPENSSL_cleanse(&message, message.count)
      unsafe OPENSSL_cleanse(&code, code.count)
    }
    unsafe key.withUnsafeBytes { key in
      _ = unsafe HMAC(algorithm, key.baseAddress, CInt(clamping: key.count), message, message.count, &code, nil)
    }
    return Secret(copying: code.span)
  }
}
