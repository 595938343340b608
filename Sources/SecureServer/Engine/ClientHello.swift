/// What a handshake needs to know of a ClientHello before OpenSSL judges it: the bodies of some extensions.
struct ClientHello {
  /// The newest version of a client without supported_versions (RFC 8446 §4.1.2).
  let legacyVersion: UInt16
  let supportedVersions: [UInt8]?
  let preSharedKeys: [UInt8]?
  let keyExchangeModes: [UInt8]?
  /// Two bytes each.
  let cipherSuites: [UInt8]
  let serverName: [UInt8]?

  /// What is to be done with it.
  enum Answer: Equatable {
    case proceed
    /// Only these TLS 1.3 suites may be chosen for this connection.
    case narrow(String)
    /// The handshake ends with this alert.
    case refuse(alert: UInt8)
  }

  /// Whether TLS 1.3 is among the versions (RFC 8446 §4.2.1).
  var offersTLS13: Bool {
    guard let supportedVersions else { return false }
    var reader = ByteReader(supportedVersions)
    guard let list = reader.readVector8() else { return false }
    var versions = ByteReader(list)
    while let version = versions.readUInt16() {
      if version == 0x0304 { return true }
    }
    return false
  }

  /// Whether a key may be used with a Diffie-Hellman exchange, or without (RFC 8446 §4.2.9).
  var modes: (withDiffieHellman: Bool, without: Bool) {
    guard let keyExchangeModes else { return (false, false) }
    var reader = ByteReader(keyExchangeModes)
    guard let list = reader.readVector8() else { return (false, false) }
    return (list.contains(1), list.contains(0))
  }

  /// The TLS 1.3 suites that both sides have.
  func suites(sharedWith ours: Set<UInt16>) -> [UInt16] {
    var reader = ByteReader(cipherSuites)
    var shared: [UInt16] = []
    while let suite = reader.readUInt16() {
      if ours.contains(suite) { shared.append(suite) }
    }
    return shared
  }
}
