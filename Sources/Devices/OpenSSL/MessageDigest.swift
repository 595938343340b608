import COpenSSL

/// Digests by OpenSSL, to see whether a key is one: nothing is protected with them.
enum MessageDigest: String, CaseIterable {
  case md5 = "MD5"
  case sha1 = "SHA-1"
  case sha256 = "SHA-256"
  case sha512 = "SHA-512"

  /// The digest of `bytes`; empty if OpenSSL does not have it.
  func digest(of bytes: Span<UInt8>) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: CUnsignedInt = 0
    let isDone = unsafe bytes.withUnsafeBytes { bytes in
      unsafe EVP_Digest(bytes.baseAddress, bytes.count, &digest, &count, algorithm, nil) == 1
    }
    ERR_clear_error()
    return isDone ? Array(digest.prefix(Int(count))) : []
  }

  private var algorithm: OpaquePointer? {
    switch self {
    case .md5: unsafe EVP_md5()
    case .sha1: unsafe EVP_sha1()
    case .sha256: unsafe EVP_sha256()
    case .sha512: unsafe EVP_sha512()
    }
  }
}
