public import Model

/// One MQTT broker: where it listens, and what it takes to be let in.
public struct BrokerAddress: Sendable, CustomStringConvertible {
  /// Host name or address.
  public var host: String
  /// TCP port.
  public var port: Int
  /// How the connection is protected.
  public var security: BrokerSecurity
  /// The user name of CONNECT.
  public var user: String?
  /// The password of CONNECT; sent only with a user name.
  public var password: SecretBytes?

  /// Names a broker; the port defaults to 1883, with TLS to 8883.
  public init(
    host: String, port: Int? = nil, security: BrokerSecurity = .plain, user: String? = nil,
    password: SecretBytes? = nil
  ) {
    self.host = host
    self.port = port ?? security.defaultPort
    self.security = security
    self.user = user
    self.password = password
  }

  /// The address as a URL, without user and password.
  public var description: String {
    "\(security.scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
  }
}

/// How the connection to a broker is protected.
public enum BrokerSecurity: Sendable {
  /// Not at all: for a broker on the same machine or behind a tunnel.
  case plain
  /// TLS; the broker shows a certificate for its host name.
  case certificates(BrokerCertificates)
  /// TLS 1.2 with a pre-shared key. libmosquitto keeps a copy of the key that it does not wipe.
  case presharedKey(identity: String, key: SecretBytes)

  var scheme: String {
    switch self {
    case .plain: "mqtt"
    case .certificates, .presharedKey: "mqtts"
    }
  }

  var defaultPort: Int {
    switch self {
    case .plain: 1883
    case .certificates, .presharedKey: 8883
    }
  }
}

/// Whom to trust in a TLS handshake, and what to show.
public struct BrokerCertificates: Sendable {
  /// A PEM file of the authorities that may vouch for the broker; without one, those of the system may.
  public var authorityFile: String?
  /// A PEM file with the gateway's own certificate.
  public var certificateFile: String?
  /// A PEM file with the private key of that certificate, not encrypted.
  public var keyFile: String?

  /// By default the system's authorities, and no certificate of our own.
  public init(authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
    self.authorityFile = authorityFile
    self.certificateFile = certificateFile
    self.keyFile = keyFile
  }
}
