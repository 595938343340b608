/// A command of OpenSSL's own configuration language (SSL_CONF_cmd(3)), by its name in configuration files.
public struct OpenSSLCommand: Sendable, Hashable, CustomStringConvertible {
  /// Such as `SignatureAlgorithms`.
  public let name: String
  /// What it is set to; nil for a command without a value.
  public let value: String?

  /// A command by its name and value.
  public init(_ name: String, _ value: String? = nil) {
    self.name = name
    self.value = value
  }

  /// `name = value`.
  public var description: String { value.map { "\(name) = \($0)" } ?? name }
}

/// The group of an ephemeral Diffie-Hellman exchange (DHE) in TLS 1.2.
public enum DiffieHellmanParameters: Sendable, Hashable {
  /// A group that is as strong as the cipher suite: of 2048 bits with AES-128, 3072 with AES-256 (SSL_CTX_set_dh_auto(3);
  /// in OpenSSL 3.0 those of RFC 3526).
  case automatic
  /// The parameters in PEM (`openssl dhparam`), of at least 2048 bits.
  case pem(String)
}
