import COpenSSL

/// A BIO over bytes in memory or a file (BIO_s_mem(3), BIO_s_file(3)), freed with its last holder.
@safe final class MemoryBIO {
  let pointer: OpaquePointer
  // Lent to OpenSSL, which copies nothing, as long as the BIO lives.
  private let bytes: UnsafeMutableRawBufferPointer

  /// Reads from `bytes`, which are wiped afterwards: they may be a private key.
  init(_ bytes: [UInt8]) throws(SecureServerError) {
    unsafe self.bytes = .allocate(byteCount: max(1, bytes.count), alignment: 1)
    unsafe self.bytes.copyBytes(from: bytes)
    guard let pointer = unsafe BIO_new_mem_buf(self.bytes.baseAddress, CInt(clamping: bytes.count)) else {
      unsafe self.bytes.deallocate()
      throw .openSSL(OpenSSLErrors.drain())
    }
    unsafe self.pointer = unsafe pointer
  }

  /// Collects what is written to it.
  init() throws(SecureServerError) {
    guard let pointer = unsafe BIO_new(BIO_s_mem()) else { throw .openSSL(OpenSSLErrors.drain()) }
    unsafe self.pointer = unsafe pointer
    unsafe bytes = .allocate(byteCount: 1, alignment: 1)
  }

  deinit {
    unsafe BIO_free(pointer)
    unsafe OPENSSL_cleanse(bytes.baseAddress, bytes.count)
    unsafe bytes.deallocate()
  }

  /// What was written to it.
  var text: String {
    var start: UnsafeMutablePointer<CChar>?
    let count = unsafe shim_BIO_get_mem_data(pointer, &start)
    guard let start = unsafe start, count > 0 else { return "" }
    return unsafe String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
  }
}
