import COpenSSL
import Model

/// HKDF with SHA-256 and no salt (RFC 5869), by OpenSSL: makes keys for different uses of one.
enum HKDF {
  /// The key of `byteCount` bytes for the use `info`; nil if OpenSSL cannot.
  static func derive(_ info: String, from key: Span<UInt8>, byteCount: Int) -> SecretBytes? {
    guard let context = unsafe EVP_PKEY_CTX_new_id(CInt(NID_hkdf), nil) else { return nil }
    // Wipes the copy of the key that it holds.
    defer { unsafe EVP_PKEY_CTX_free(context) }
    let use = Array(info.utf8)
    var derived = [UInt8](repeating: 0, count: byteCount)
    var count = byteCount
    let isDone = unsafe key.withUnsafeBufferPointer { key in
      unsafe EVP_PKEY_derive_init(context) == 1 && EVP_PKEY_CTX_set_hkdf_md(context, EVP_sha256()) == 1
        && EVP_PKEY_CTX_set1_hkdf_key(context, key.baseAddress, CInt(key.count)) == 1
        && EVP_PKEY_CTX_add1_hkdf_info(context, use, CInt(use.count)) == 1
        && EVP_PKEY_derive(context, &derived, &count) == 1
    }
    return isDone && count == byteCount ? SecretBytes(derived) : nil
  }
}
