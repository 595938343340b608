import COpenSSL

/// The private key of a certificate. It prints as `<redacted>`, and OpenSSL wipes it when the last holder lets go.
public struct TLSPrivateKey: Sendable, CustomStringConvertible, CustomReflectable {
  let object: KeyObject

  /// A key in PEM (RFC 7468, RFC 5958; also the older forms of OpenSSL).
  ///
  /// - Parameters:
  ///   - pem: text with one private key.
  ///   - passphrase: what it is encrypted with, if it is.
  /// - Throws: ``SecureServerError/invalidPrivateKey(_:)``.
  public init(pem: String, passphrase: String? = nil) throws(SecureServerError) {
    try self.init(in: try MemoryBIO(text: pem), passphrase)
  }

  private init(in bio: MemoryBIO, _ passphrase: String?) throws(SecureServerError) {
    OpenSSLErrors.clear()
    // An empty passphrase rather than none: without one OpenSSL would ask on the terminal.
    let key = unsafe (passphrase ?? "").withCString { text in
      unsafe PEM_read_bio_PrivateKey(bio.pointer, nil, nil, UnsafeMutableRawPointer(mutating: text))
    }
    guard let key = unsafe key else {
      throw .invalidPrivateKey("no private key in PEM that could be read: \(OpenSSLErrors.drain())")
    }
    object = unsafe KeyObject(owning: key)
  }

  /// The key in a PEM file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - passphrase: what it is encrypted with, if it is.
  /// - Throws: ``SecureServerError/invalidPrivateKey(_:)``, which names the file.
  public init(pemFile path: String, passphrase: String? = nil) throws(SecureServerError) {
    let text = try PEMFile.read(path) { .invalidPrivateKey($0) }
    do { self = try TLSPrivateKey(in: text, passphrase) } catch {
      guard case .invalidPrivateKey(let reason) = error else { throw error }
      throw .invalidPrivateKey("\(path): \(reason)")
    }
  }

  /// `<redacted>`.
  public var description: String { "<redacted>" }
  /// Shows nothing.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// An EVP_PKEY of OpenSSL (EVP_PKEY_new(3)), freed with its last holder.
@safe final class KeyObject: @unchecked Sendable {
  // OpenSSL counts references atomically; nothing changes the key.
  let pointer: OpaquePointer

  /// Takes over the caller's reference.
  init(owning pointer: OpaquePointer) { unsafe self.pointer = unsafe pointer }

  deinit { unsafe EVP_PKEY_free(pointer) }
}
