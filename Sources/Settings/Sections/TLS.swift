extension GatewayConfiguration {
  /// What is agreed on in a handshake.
  public struct TLS: Sendable, Equatable {
    /// Which cipher suites are offered; a device with none of them is refused, and the log says so.
    public var suites = Suites.modern
    /// The oldest version that is spoken; a device with none from here on is refused, and the log says so.
    public var minimumVersion = Version.v12
    /// The newest version that is spoken.
    public var maximumVersion = Version.v13
    /// Whether TLS 1.3 clients may leave out the Diffie-Hellman exchange (psk_ke, RFC 8446 §4.2.9): cheaper for them, but
    /// whoever learns a key later can read what was recorded before.
    public var allowPSKWithoutDiffieHellman = false
    /// What a peer with an unknown identity sees.
    public var unknownIdentity = UnknownIdentity.masked
    /// The identity hint that TLS 1.2 clients are sent (RFC 4279 §5.2), at most 128 bytes; none unless set.
    public var identityHint: String?
    /// Whether the server's order of cipher suites decides; if not, the client's.
    public var serverCipherPreference = true
    /// Whether devices get tickets with which they resume a session.
    public var sessionTickets = false
    /// How long after its full handshake a session can be resumed.
    public var sessionTicketLifetime = Duration.seconds(86_400)

    /// The defaults.
    public init() {}
  }
}

extension GatewayConfiguration.TLS {
  /// A choice of cipher suites.
  public enum Suites: String, Sendable, CaseIterable {
    /// Forward secrecy and authenticated encryption only.
    case modern
    /// Also plain PSK with GCM and CCM, for devices that cannot afford Diffie-Hellman.
    case constrained
    /// Also CBC, for devices whose firmware cannot be changed.
    case legacy
  }

  /// A version of TLS.
  public enum Version: String, Sendable, CaseIterable, Comparable {
    /// TLS 1.2.
    case v12 = "1.2"
    /// TLS 1.3.
    case v13 = "1.3"

    /// Older before newer.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  /// What a peer with an unknown identity sees.
  public enum UnknownIdentity: String, Sendable, CaseIterable {
    /// The same as with a wrong key, so that nobody can list identities.
    case masked
    /// The alert unknown_psk_identity (RFC 4279 §2).
    case alert
  }
}
