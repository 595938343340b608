import COpenSSL

/// OpenSSL as a client with a pre-shared key, between two BIOs in memory.
@safe final class Client {
  static let key = [UInt8](0x10...0x1f)

  nonisolated(unsafe) private static let context = unsafe SSL_CTX_new(TLS_client_method())

  private let ssl: OpaquePointer
  private let input: OpaquePointer
  private let output: OpaquePointer

  init?(isTLS13: Bool) {
    guard let ssl = unsafe SSL_new(Self.context),
      let input = unsafe BIO_new(BIO_s_mem()), let output = unsafe BIO_new(BIO_s_mem())
    else { return nil }
    unsafe (self.ssl, self.input, self.output) = unsafe (ssl, input, output)
    let number = isTLS13 ? TLS1_3_VERSION : TLS1_2_VERSION
    unsafe shim_SSL_set_proto_versions(ssl, number)
    unsafe SSL_set_cipher_list(ssl, "PSK-AES128-GCM-SHA256")
    // OpenSSL asks it in TLS 1.3 as well, and takes the key for one of SHA-256.
    unsafe SSL_set_psk_client_callback(ssl, giveKey)
    // The SSL object owns both from now on.
    unsafe SSL_set_bio(ssl, input, output)
    unsafe SSL_set_connect_state(ssl)
  }

  deinit { unsafe SSL_free(ssl) }

  func shakeHands() { unsafe SSL_do_handshake(ssl) }

  func write(_ bytes: [UInt8]) { unsafe SSL_write(ssl, bytes, CInt(bytes.count)) }

  func read(_ count: Int) -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while all.count < count, case let read = unsafe SSL_read(ssl, &buffer, 16_384), read > 0 {
      all += buffer.prefix(Int(read))
    }
    return all
  }

  func deliver(_ bytes: [UInt8]) { unsafe BIO_write(input, bytes, CInt(bytes.count)) }

  func takeOutput() -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while case let read = unsafe BIO_read(output, &buffer, 16_384), read > 0 { all += buffer.prefix(Int(read)) }
    return all
  }
}

private func giveKey(
  ssl: OpaquePointer?, hint: UnsafePointer<CChar>?, identity: UnsafeMutablePointer<CChar>?, identityMaximum: UInt32,
  key: UnsafeMutablePointer<UInt8>?, keyMaximum: UInt32
) -> UInt32 {
  for (index, byte) in "demo".utf8CString.enumerated() { unsafe identity?[index] = byte }
  for (index, byte) in Client.key.enumerated() { unsafe key?[index] = byte }
  return UInt32(Client.key.count)
}
