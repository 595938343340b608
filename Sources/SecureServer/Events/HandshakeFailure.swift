/// How a connection ended that was never established: one reason, and all that is known of the peer.
public struct HandshakeFailure: Sendable {
  /// Why a handshake failed.
  public enum Reason: Sendable, Hashable {
    /// The peer took longer than ``SecureServerConfiguration/handshakeTimeout``.
    case timedOut
    /// The first bytes are no TLS handshake record.
    case notTLS
    /// A trusted proxy sent no PROXY header, or a broken one (``ProxyProtocol``); the text says which.
    case invalidProxyHeader(String)
    /// The peer closed or reset the connection.
    case peerClosed
    /// The provider doesn't know the identity.
    case unknownPSKIdentity
    /// The identity is known, the key is another one.
    case wrongPreSharedKey
    /// The provider refused the identity, for this reason.
    case rejectedPSKIdentity(String)
    /// The provider's key is shorter than ``TLSConfiguration/minimumPreSharedKeyLength``.
    case preSharedKeyTooShort
    /// A TLS 1.3 client offered no pre-shared key, or none in a mode that is allowed.
    case noPreSharedKeyOffered
    /// The ranges of versions do not meet.
    case unsupportedVersion
    /// No cipher suite, or no group, is in both lists.
    case noSharedCipher
    /// The client offers ALPN protocols, none of them ours.
    case noSharedApplicationProtocol
    /// The client's certificate does not verify, or ``TLSConfiguration/verify`` rejected it.
    case certificateRejected(CertificateError)
    /// A client certificate is required, and the client has none.
    case noCertificate
    /// ``TLSConfiguration/serverNameSelector`` rejected the name that the client asks for.
    case unknownServerName
    /// The peer gave up with this alert.
    case alertReceived(TLSAlert)
    /// The peer broke the protocol; the text is OpenSSL's or ours.
    case protocolError(String)
    /// The time for a handshake slot ran out, or the slot went to somebody else after the peer had kept it waiting.
    case serverBusy
    /// ``ConnectionLimits/connections`` is reached.
    case tooManyConnections
    /// ``ConnectionLimits/connectionsPerAddress`` is reached.
    case tooManyConnectionsFromAddress
    /// The server is stopping.
    case serverClosing
    /// A failure on our side; the text says which.
    case internalError(String)
  }

  /// Why.
  public let reason: Reason
  /// The identity that the peer offered, if it got that far.
  public let offeredIdentity: [UInt8]?
  /// The version that was being negotiated, if it got that far.
  public let version: TLSVersion?
  /// The alert that the peer was sent.
  public let alertSent: TLSAlert?
  /// What the peer said that it speaks, if its ClientHello got to OpenSSL.
  public let offer: ClientOffer?
}

extension HandshakeFailure.Reason: CustomStringConvertible {
  /// The case's name, in camel case, with what it carries.
  public var description: String {
    switch self {
    case .rejectedPSKIdentity(let why): "\(name): \(why)"
    case .alertReceived(let alert): "\(name): \(alert)"
    case .certificateRejected(let error): "\(name): \(error)"
    case .protocolError(let text): "\(name): \(text)"
    case .invalidProxyHeader(let text): "\(name): \(text)"
    case .internalError(let text): "\(name): \(text)"
    default: name
    }
  }

  /// The case's name alone, for a counter's label.
  public var name: String {
    switch self {
    case .timedOut: "timedOut"
    case .notTLS: "notTLS"
    case .invalidProxyHeader: "invalidProxyHeader"
    case .peerClosed: "peerClosed"
    case .unknownPSKIdentity: "unknownPSKIdentity"
    case .wrongPreSharedKey: "wrongPreSharedKey"
    case .rejectedPSKIdentity: "rejectedPSKIdentity"
    case .preSharedKeyTooShort: "preSharedKeyTooShort"
    case .noPreSharedKeyOffered: "noPreSharedKeyOffered"
    case .unsupportedVersion: "unsupportedVersion"
    case .noSharedCipher: "noSharedCipher"
    case .noSharedApplicationProtocol: "noSharedApplicationProtocol"
    case .certificateRejected: "certificateRejected"
    case .noCertificate: "noCertificate"
    case .unknownServerName: "unknownServerName"
    case .alertReceived: "alertReceived"
    case .protocolError: "protocolError"
    case .serverBusy: "serverBusy"
    case .tooManyConnections: "tooManyConnections"
    case .tooManyConnectionsFromAddress: "tooManyConnectionsFromAddress"
    case .serverClosing: "serverClosing"
    case .internalError: "internalError"
    }
  }
}
