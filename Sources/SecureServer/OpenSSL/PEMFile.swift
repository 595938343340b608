import COpenSSL
import Glibc

/// A text file of certificates or keys.
enum PEMFile {
  /// No chain of certificates is longer.
  private static let maximumLength = 1 << 20

  /// The text at `path`, of which no copy is left behind.
  static func read(
    _ path: String, _ error: (String) -> SecureServerError
  ) throws(SecureServerError) -> MemoryBIO {
    guard let file = unsafe fopen(path, "re") else { throw error("\(path): \(systemErrorText(errno))") }
    defer { unsafe fclose(file) }
    // What is read goes nowhere else.
    unsafe setvbuf(file, nil, _IONBF, 0)
    var bytes = [UInt8](repeating: 0, count: maximumLength + 1)
    let count = unsafe fread(&bytes, 1, bytes.count, file)
    defer { unsafe OPENSSL_cleanse(&bytes, count) }
    guard unsafe ferror(file) == 0 else { throw error("\(path): cannot be read") }
    guard count <= maximumLength else { throw error("\(path): longer than \(maximumLength) bytes") }
    return try MemoryBIO(bytes, count: count)
  }
}

/// SHA-256 (FIPS 180-4).
enum SHA256Digest {
  static func of(_ bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    unsafe SHA256(bytes, bytes.count, &digest)
    return digest
  }
}
