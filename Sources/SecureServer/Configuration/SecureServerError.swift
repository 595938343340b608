/// Why a server could not be made, reloaded or started.
public enum SecureServerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A setting cannot be used; names the setting and what is allowed.
  case invalidSetting(String, reason: String)
  /// A pre-shared key has 1 to 512 bytes; this one has another number.
  case invalidKeyLength(Int)
  /// The text is no ``IPNetwork``.
  case invalidNetwork(String, reason: String)
  /// What should be a certificate is none; says why, and which file.
  case invalidCertificate(String)
  /// What should be a private key is none, or cannot be decrypted; says why, and which file.
  case invalidPrivateKey(String)
  /// The address cannot be listened on.
  case cannotListen(ListenAddress, reason: String)
  /// OpenSSL failed for want of memory or for a reason of its own.
  case openSSL(String)
  /// The server runs already, or has run: make another one.
  case alreadyStarted

  /// One line that says what was wrong and what is allowed.
  public var description: String {
    switch self {
    case .invalidSetting(let name, let reason): "\(name): \(reason)"
    case .invalidKeyLength(let count): "a pre-shared key has 1 to \(PreSharedKey.maximumLength) bytes, not \(count)"
    case .invalidNetwork(let text, let reason): "'\(text)' is not a network: \(reason)"
    case .invalidCertificate(let reason): "certificate: \(reason)"
    case .invalidPrivateKey(let reason): "private key: \(reason)"
    case .cannotListen(let address, let reason): "cannot listen on \(address): \(reason)"
    case .openSSL(let text): "OpenSSL: \(text)"
    case .alreadyStarted: "the server has been started already"
    }
  }
}
