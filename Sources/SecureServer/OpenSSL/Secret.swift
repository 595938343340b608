import COpenSSL

/// Bytes in memory of their own, wiped with OPENSSL_cleanse(3) when freed.
@safe final class Secret: @unchecked Sendable {
  // Written in `init` and `deinit` only.
  private let memory: UnsafeMutableRawBufferPointer

  var count: Int { unsafe memory.count }

  init(copying bytes: Span<UInt8>) {
    unsafe memory = .allocate(byteCount: bytes.count, alignment: 1)
    unsafe bytes.withUnsafeBytes { unsafe memory.copyMemory(from: $0) }
  }

  /// Bytes that nobody knows.
  init(randomCount: Int) {
    unsafe memory = .allocate(byteCount: randomCount, alignment: 1)
    if unsafe RAND_bytes(memory.baseAddress?.assumingMemoryBound(to: UInt8.self), CInt(randomCount)) != 1 {
      // Without OpenSSL's generator no handshake can succeed anyway; the system's keeps the secret unguessable.
      var system = SystemRandomNumberGenerator()
      for index in unsafe memory.indices { unsafe memory[index] = UInt8.random(in: 0...255, using: &system) }
    }
  }

  deinit {
    unsafe OPENSSL_cleanse(memory.baseAddress, memory.count)
    unsafe memory.deallocate()
  }

  func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    unsafe body(UnsafeRawBufferPointer(memory))
  }

  /// The bytes as an array, which nobody wipes: for what leaves the library.
  var copied: [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }

  /// HMAC-SHA-256 of `message` under these bytes (RFC 2104): tells keys apart without showing one.
  func authenticate(_ message: [UInt8]) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    unsafe withUnsafeBytes { key in
      _ = unsafe HMAC(EVP_sha256(), key.baseAddress, CInt(clamping: key.count), message, message.count, &code, nil)
    }
    return code
  }
}
