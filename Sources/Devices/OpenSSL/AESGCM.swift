import COpenSSL
import Model

/// AES-256-GCM (NIST SP 800-38D) under one key, by OpenSSL. The key's schedule is computed once; for one thread.
@safe final class AESGCM {
  /// How many bytes the tag has.
  static let tagLength = 16

  /// What a context is for.
  enum Direction: CInt {
    case opening = 0
    case sealing = 1
  }

  // Ours; EVP_CIPHER_CTX_free wipes the key's schedule.
  private let context: OpaquePointer

  /// Makes it ready to open or to seal; nil if OpenSSL cannot.
  init?(key: SecretBytes, _ direction: Direction) {
    guard let context = unsafe EVP_CIPHER_CTX_new() else { return nil }
    unsafe self.context = context
    let isReady = key.withBytes { key in
      unsafe key.withUnsafeBufferPointer { key in
        unsafe key.count == 32
          && EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nil, key.baseAddress, nil, direction.rawValue) == 1
      }
    }
    guard isReady else { return nil }
  }

  deinit { unsafe EVP_CIPHER_CTX_free(context) }

  /// Opens `sealed` (nonce, ciphertext, tag) into the start of `opened`, which has room for it.
  ///
  /// - Returns: whether it is as it was sealed, for this identity; else nothing of use is in `opened`.
  func open(_ sealed: Span<UInt8>, of identity: Span<UInt8>, into opened: inout [UInt8]) -> Bool {
    let end = sealed.count - Self.tagLength
    guard begin(sealed.extracting(..<SealedKey.nonceLength), identity) else { return false }
    guard update(sealed.extracting(SealedKey.nonceLength..<end), into: &opened) else { return false }
    var tag = sealed.extracting(end...).array
    var count: CInt = 0
    // What a failure leaves in the thread's error queue is nobody's.
    defer { ERR_clear_error() }
    // Nothing comes out at the end: GCM has no blocks to fill.
    return unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, CInt(Self.tagLength), &tag) == 1
      && EVP_CipherFinal_ex(context, &tag, &count) == 1
  }

  /// Seals `key` for `identity` under a fresh random nonce.
  ///
  /// - Returns: nonce, ciphertext and tag.
  func seal(_ key: Span<UInt8>, for identity: Span<UInt8>) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    let words = [generator.next(), generator.next()]
    let nonce = (0..<SealedKey.nonceLength).map { UInt8(truncatingIfNeeded: words[$0 / 8] >> (8 * ($0 % 8))) }
    var ciphertext = [UInt8](repeating: 0, count: key.count)
    var tag = [UInt8](repeating: 0, count: Self.tagLength)
    var count: CInt = 0
    var isSealed = begin(nonce.span, identity) && update(key, into: &ciphertext)
    unsafe isSealed =
      isSealed && EVP_CipherFinal_ex(context, &tag, &count) == 1
      && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, CInt(Self.tagLength), &tag) == 1
    precondition(isSealed, "a context that has taken its key seals")
    return nonce + ciphertext + tag
  }

  private func begin(_ nonce: Span<UInt8>, _ identity: Span<UInt8>) -> Bool {
    var count: CInt = 0
    return unsafe nonce.withUnsafeBufferPointer { nonce in
      unsafe identity.withUnsafeBufferPointer { identity in
        let binding = SealedKey.binding
        // Without cipher and key the old ones stay; -1 keeps the direction.
        return unsafe EVP_CipherInit_ex(context, nil, nil, nil, nonce.baseAddress, -1) == 1
          && EVP_CipherUpdate(context, nil, &count, binding, CInt(binding.count)) == 1
          && EVP_CipherUpdate(context, nil, &count, identity.baseAddress, CInt(clamping: identity.count)) == 1
      }
    }
  }

  private func update(_ bytes: Span<UInt8>, into result: inout [UInt8]) -> Bool {
    guard bytes.count <= result.count else { return false }
    var count: CInt = 0
    return unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe EVP_CipherUpdate(context, &result, &count, bytes.baseAddress, CInt(bytes.count)) == 1
    }
  }
}
