import COpenSSL
import Foundation
import SecureServer

/// OpenSSL as a TLS 1.3 client in this process, for identities that no command line can take: any bytes.
@safe final class OpenSSLClient {
  private let identity: [UInt8]
  private let key: [UInt8]
  /// Bytes that are sent after the handshake, past OpenSSL.
  private let spoil: [UInt8]

  private init(_ identity: [UInt8], _ key: [UInt8], _ spoil: [UInt8]) {
    self.identity = identity
    self.key = key
    self.spoil = spoil
  }

  /// Whether a handshake with this identity and key succeeds, and a line comes back.
  static func echoes(
    from server: Server, identity: [UInt8] = Array("demo".utf8), key: [UInt8] = demoKey, spoiltBy spoil: [UInt8] = []
  ) async -> Bool {
    let address = server.address
    return await withCheckedContinuation { continuation in
      // It blocks, so it needs a thread of its own.
      Thread.detachNewThread {
        continuation.resume(returning: OpenSSLClient(identity, key, spoil).echo(at: address))
      }
    }
  }

  /// Asks for new keys, and reads none of the answers, until the server has had enough; how often, at most `count` times.
  static func askForKeys(_ count: Int, of server: Server) async -> Int {
    let address = server.address
    return await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        let client = OpenSSLClient(Array("demo".utf8), demoKey, [])
        let asked = unsafe client.connect(to: address) { ssl, _ in unsafe Self.askForKeys(count, ssl) }
        continuation.resume(returning: asked ?? 0)
      }
    }
  }

  private static func askForKeys(_ count: Int, _ ssl: OpaquePointer?) -> Int {
    // What the kernel holds for us is to be little.
    var size: CInt = 4096
    let descriptor = unsafe SSL_get_fd(ssl)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
    return (0..<count).first { _ in
      unsafe SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED) != 1 || SSL_do_handshake(ssl) != 1
    } ?? count
  }

  private func echo(at address: String) -> Bool {
    unsafe connect(to: address) { ssl, connection in
      var answer = [UInt8](repeating: 0, count: 16)
      return unsafe (spoil.isEmpty || BIO_write(connection, spoil, CInt(spoil.count)) > 0)
        && SSL_write(ssl, "hello\n", 6) == 6 && SSL_read(ssl, &answer, 16) == 6
    } ?? false
  }

  /// Runs `body` with a connection; nil if there is none.
  private func connect<Result>(
    to address: String, _ body: (_ ssl: OpaquePointer?, _ connection: OpaquePointer?) -> Result
  ) -> Result? {
    let context = unsafe SSL_CTX_new(TLS_client_method())
    defer { unsafe SSL_CTX_free(context) }
    unsafe SSL_CTX_set_psk_use_session_callback(context, useSession)
    let ssl = unsafe SSL_new(context)
    defer { unsafe SSL_free(ssl) }
    // Its app data (SSL_set_app_data(3)); it lives longer than the call.
    unsafe SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque())
    let connection = unsafe BIO_new_connect(address)
    unsafe SSL_set_bio(ssl, connection, connection)
    return withExtendedLifetime(self) {
      unsafe SSL_connect(ssl) == 1 ? body(ssl, connection) : nil
    }
  }

  fileprivate func answer(
    _ ssl: OpaquePointer?, _ identityStart: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ count: UnsafeMutablePointer<Int>?, _ session: UnsafeMutablePointer<OpaquePointer?>?
  ) -> CInt {
    let made = unsafe SSL_SESSION_new()
    unsafe SSL_SESSION_set1_master_key(made, key, key.count)
    unsafe SSL_SESSION_set_cipher(made, SSL_CIPHER_find(ssl, [0x13, 0x01]))
    unsafe SSL_SESSION_set_protocol_version(made, TLS1_3_VERSION)
    // OpenSSL reads the identity until the callback is asked again; the array does not change meanwhile.
    unsafe identityStart?.pointee = unsafe identity.withUnsafeBufferPointer { $0.baseAddress }
    unsafe count?.pointee = identity.count
    unsafe session?.pointee = unsafe made
    return 1
  }
}

// SSL_CTX_set_psk_use_session_callback(3)
private func useSession(
  ssl: OpaquePointer?, digest: OpaquePointer?, identity: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
  count: UnsafeMutablePointer<Int>?, session: UnsafeMutablePointer<OpaquePointer?>?
) -> CInt {
  guard let data = unsafe SSL_get_ex_data(ssl, 0) else { return 0 }
  return unsafe Unmanaged<OpenSSLClient>.fromOpaque(data).takeUnretainedValue().answer(ssl, identity, count, session)
}
