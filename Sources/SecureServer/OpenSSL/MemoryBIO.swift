import COpenSSL

/// A BIO over bytes in memory or a file (BIO_s_mem(3), BIO_s_file(3)), freed with its last holder.
@safe final class MemoryBIO {
  let pointer: OpaquePointer
  // Lent to OpenSSL, which copies nothing, as long as the BIO lives.
  private let bytes: UnsafeMutableRawBufferPointer

  /// Reads from a copy of `bytes`, which is wiped afterwards: it may be a private key.
  convenience init(_ bytes: [UInt8], count: Int? = nil) throws(SecureServerError) {
    let used = bytes.prefix(count ?? bytes.count)
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, used.count), alignment: 1)
    unsafe copy.copyBytes(from: used)
    try unsafe self.init(owning: copy, count: used.count)
  }

  /// Reads from a copy of `text`, which is wiped afterwards.
  convenience init(text: String) throws(SecureServerError) {
    var text = text
    let count = text.utf8.count
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, count), alignment: 1)
    text.withUTF8 { unsafe copy.copyBytes(from: $0) }
    try unsafe self.init(owning: copy, count: count)
  }

  private init(owning copy: UnsafeMutableRawBufferPointer, count: Int) throws(SecureServerError) {
    unsafe bytes = unsafe copy
    guard let pointer = unsafe BIO_new_mem_buf(copy.baseAddress, CInt(clamping: count)) else {
      unsafe OPENSSL_cleanse(copy.baseAddress, copy.count)
      unsafe copy.deallocate()
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
