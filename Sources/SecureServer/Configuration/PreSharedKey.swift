public import NIOCore

/// Finds the key for the identity in an offer. Runs on the connection's event loop during the handshake, and must not block;
/// what it takes longer for a known identity than for an unknown one, or the other way round, a client can measure.
public typealias PreSharedKeyProvider = @Sendable (PreSharedKeyOffer) -> PreSharedKeyDecision

/// What a client offers during the handshake: an identity that it says it has the key for.
public struct PreSharedKeyOffer: Sendable {
  /// The number that the server's events have for this connection.
  public let connection: UInt64
  /// The identity as sent: any bytes, NUL included; 1 to 256 of them.
  public let identity: [UInt8]
  /// The hint that the client was given (TLS 1.2).
  public let hint: String?
  /// The version that is being negotiated. A key should be for one version (RFC 8446 §E.7, RFC 9813).
  public let version: TLSVersion
  /// Where the client connects from; nil for a Unix domain socket. Behind a trusted proxy, what the proxy says.
  public let peerAddress: SocketAddress?
  /// The longest key that can be used, in bytes: ``PreSharedKey/maximumLength``.
  public let maximumKeyLength: Int
  /// The event loop that the provider runs on, for what a loop keeps for itself.
  public let eventLoop: any EventLoop

  /// The identity as text, if it is valid UTF-8.
  public var identityString: String? { String(validating: identity, as: UTF8.self) }
}

/// The answer to an offer.
public enum PreSharedKeyDecision: Sendable {
  /// The identity is known, and the client must prove that it has this key. The context comes back with the
  /// established connection, as ``SecureChannelInfo/context``: whose key it was, say.
  case accept(PreSharedKey, context: (any Sendable)? = nil)
  /// The identity has more than one key for now, as while a client that cannot change its identity is given another key.
  /// In TLS 1.3 the client's own proof tells which of them it has; in TLS 1.2 nothing does beforehand, so the first is
  /// taken, and the application may put another first when the client comes again. None at all is an unknown identity.
  case acceptOne(of: [PreSharedKeyCandidate])
  /// No such identity.
  case unknownIdentity
  /// The identity is known but may not connect now; the reason is for the server's event alone. To the client it
  /// looks like an unknown identity.
  case reject(reason: String)
}

/// One of the keys that a client may have, and what comes back if it is the one (``SecureChannelInfo/context``).
public struct PreSharedKeyCandidate: Sendable {
  /// The key.
  public let key: PreSharedKey
  /// What the application wants to know of it.
  public let context: (any Sendable)?

  /// Puts a key and its context together.
  public init(_ key: PreSharedKey, context: (any Sendable)? = nil) {
    self.key = key
    self.context = context
  }
}

/// A pre-shared key. It is wiped when the last holder lets go, and prints as `<redacted>`.
public struct PreSharedKey: Sendable, CustomStringConvertible, CustomReflectable {
  /// The longest key, in bytes (OpenSSL's PSK_MAX_PSK_LEN).
  public static let maximumLength = 512

  let secret: Secret

  /// Copies `bytes`; the caller's own copy is the caller's to wipe.
  ///
  /// - Throws: ``SecureServerError/invalidKeyLength(_:)`` unless there are 1 to 512 bytes.
  public init(_ bytes: Span<UInt8>) throws(SecureServerError) {
    guard (1...Self.maximumLength).contains(bytes.count) else { throw .invalidKeyLength(bytes.count) }
    secret = Secret(copying: bytes)
  }

  /// Copies `bytes`; the caller's own copy is the caller's to wipe.
  ///
  /// - Throws: ``SecureServerError/invalidKeyLength(_:)`` unless there are 1 to 512 bytes.
  public init(_ bytes: [UInt8]) throws(SecureServerError) { try self.init(bytes.span) }

  /// How many bytes the key has.
  public var count: Int { secret.count }
  /// `<redacted>`.
  public var description: String { "<redacted>" }
  /// Shows nothing.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
