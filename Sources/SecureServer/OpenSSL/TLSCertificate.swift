import COpenSSL

/// An X.509 certificate (RFC 5280).
public struct TLSCertificate: Sendable {
  let object: X509Object

  /// A certificate in DER.
  ///
  /// - Parameter der: the bytes of one certificate.
  /// - Throws: ``SecureServerError/invalidCertificate(_:)``.
  public init(der: [UInt8]) throws(SecureServerError) {
    let bio = try MemoryBIO(der)
    OpenSSLErrors.clear()
    guard let pointer = unsafe d2i_X509_bio(bio.pointer, nil) else {
      throw .invalidCertificate("no certificate in DER: \(OpenSSLErrors.drain())")
    }
    object = unsafe X509Object(owning: pointer)
  }

  init(_ object: X509Object) { self.object = object }

  /// The certificates of a stack that OpenSSL keeps.
  static func all(in stack: OpaquePointer?) -> [TLSCertificate] {
    guard let stack = unsafe stack else { return [] }
    return unsafe (0..<max(0, shim_sk_X509_num(stack))).compactMap { index in
      unsafe shim_sk_X509_value(stack, index).map { TLSCertificate(unsafe X509Object(sharing: $0)) }
    }
  }

  /// The certificates in PEM (RFC 7468), in the order of the text.
  ///
  /// - Parameter pem: text with one or more certificates; what is between them is passed over.
  /// - Returns: at least one certificate.
  /// - Throws: ``SecureServerError/invalidCertificate(_:)``.
  public static func chain(pem: String) throws(SecureServerError) -> [TLSCertificate] {
    try chain(in: try MemoryBIO(text: pem))
  }

  private static func chain(in bio: MemoryBIO) throws(SecureServerError) -> [TLSCertificate] {
    var chain: [TLSCertificate] = []
    OpenSSLErrors.clear()
    while let pointer = unsafe PEM_read_bio_X509(bio.pointer, nil, nil, nil) {
      chain.append(TLSCertificate(unsafe X509Object(owning: pointer)))
    }
    let isAtEnd = OpenSSLErrors.isEndOfPEM
    let reason = OpenSSLErrors.drain()
    guard !chain.isEmpty else { throw .invalidCertificate("no certificate in PEM: \(reason)") }
    guard isAtEnd else { throw .invalidCertificate("certificate \(chain.count + 1): \(reason)") }
    return chain
  }

  /// The certificates of a PEM file, in the order of the file.
  ///
  /// - Parameter path: the file.
  /// - Returns: at least one certificate.
  /// - Throws: ``SecureServerError/invalidCertificate(_:)``, which names the file.
  public static func chain(pemFile path: String) throws(SecureServerError) -> [TLSCertificate] {
    let text = try PEMFile.read(path) { .invalidCertificate($0) }
    do { return try chain(in: text) } catch {
      guard case .invalidCertificate(let reason) = error else { throw error }
      throw .invalidCertificate("\(path): \(reason)")
    }
  }

  /// The certificate in DER.
  public var derBytes: [UInt8] {
    let count = unsafe i2d_X509(object.pointer, nil)
    guard count > 0 else { return [] }
    return unsafe [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, initialized in
      var end = buffer.baseAddress
      initialized = max(0, Int(unsafe i2d_X509(object.pointer, &end)))
    }
  }

  /// The subject's distinguished name (RFC 2253), such as `CN=meter-17,O=Example`.
  public var subject: String { unsafe text(of: X509_get_subject_name(object.pointer)) }
  /// The issuer's distinguished name (RFC 2253).
  public var issuer: String { unsafe text(of: X509_get_issuer_name(object.pointer)) }
  /// SHA-256 of the certificate in DER, 32 bytes.
  public var fingerprint: [UInt8] { SHA256Digest.of(derBytes) }

  /// Whether the time is within the certificate's validity (RFC 5280 §4.1.2.5).
  public var isWithinValidity: Bool {
    unsafe X509_cmp_current_time(X509_get0_notBefore(object.pointer)) < 0
      && X509_cmp_current_time(X509_get0_notAfter(object.pointer)) > 0
  }

  private func text(of name: OpaquePointer?) -> String {
    guard let bio = try? MemoryBIO(),
      unsafe X509_NAME_print_ex(bio.pointer, name, 0, shim_XN_FLAG_RFC2253) >= 0
    else { return "" }
    return bio.text
  }
}

extension TLSCertificate: Hashable, CustomStringConvertible {
  /// Whether both are the same certificate, byte for byte.
  public static func == (left: TLSCertificate, right: TLSCertificate) -> Bool {
    unsafe X509_cmp(left.object.pointer, right.object.pointer) == 0
  }

  /// Feeds the bytes of the certificate.
  public func hash(into hasher: inout Hasher) { hasher.combine(derBytes) }

  /// The subject.
  public var description: String { subject }
}

/// An X509 of OpenSSL (X509_new(3)), freed with its last holder.
@safe final class X509Object: @unchecked Sendable {
  // OpenSSL counts references atomically, and fills its caches under a lock.
  let pointer: OpaquePointer

  /// Takes over the caller's reference.
  init(owning pointer: OpaquePointer) { unsafe self.pointer = unsafe pointer }

  /// Takes a reference of its own.
  init(sharing pointer: OpaquePointer) {
    unsafe X509_up_ref(pointer)
    unsafe self.pointer = unsafe pointer
  }

  deinit { unsafe X509_free(pointer) }
}
