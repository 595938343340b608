/// Chooses the settings for the name that a client asks for (SNI, RFC 6066 §3); nil where it asks for none. Runs on the
/// event loop before the handshake, and must not block.
public typealias ServerNameSelector = @Sendable (String?) -> ServerNameDecision

/// The answer to a server name.
public enum ServerNameDecision: Sendable {
  /// These settings serve the connection, all of them: certificates, keys, versions, suites.
  case use(PreparedTLSConfiguration)
  /// The server's own settings do.
  case useDefault
  /// The client gets the alert `unrecognized_name`.
  case reject
}

/// TLS settings that have been checked and loaded, to be chosen by server name.
public struct PreparedTLSConfiguration: Sendable {
  let context: TLSContext

  /// Checks and loads `configuration`. Its own ``TLSConfiguration/serverNameSelector`` is not asked.
  ///
  /// - Parameter configuration: settings.
  /// - Throws: ``SecureServerError``.
  public init(_ configuration: TLSConfiguration) throws(SecureServerError) {
    context = try TLSContext(configuration)
  }
}
