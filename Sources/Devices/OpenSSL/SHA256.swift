import COpenSSL

/// SHA-256 (FIPS 180-4), by OpenSSL.
enum SHA256 {
  /// The 32 bytes of the digest of `bytes`.
  static func digest(of bytes: Span<UInt8>) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    _ = unsafe bytes.withUnsafeBufferPointer { unsafe COpenSSL.SHA256($0.baseAddress, $0.count, &digest) }
    return digest
  }
}
