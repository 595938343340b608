/// What a client said that it speaks, in its ClientHello: for telling why nothing was agreed on.
public struct ClientOffer: Sendable, Hashable {
  /// More than this of one kind is left out: what a peer makes up is not worth keeping.
  private static let maximumCount = 100
  /// No suites, but signals (RFC 5746 §3.3, RFC 7507 §4).
  private static let signals: Set<UInt16> = [0x00FF, 0x5600]

  /// The versions as on the wire (0x0303 is TLS 1.2), in the client's order; of one without supported_versions the
  /// newest alone (RFC 8446 §4.2.1).
  public let versions: [UInt16]
  /// The cipher suites as on the wire, in the client's order; the first 100.
  public let cipherSuites: [UInt16]

  /// The versions by name: `TLSv1.2`, or the number in hex for one that has none.
  public var versionNames: [String] {
    versions.map { Self.names[$0] ?? Self.hexadecimal($0) }
  }

  /// The cipher suites by OpenSSL's names (openssl-ciphers(1)), or the number in hex for those that it does not have.
  public var cipherSuiteNames: [String] {
    cipherSuites.map { CipherSuiteNames.byNumber[$0] ?? Self.hexadecimal($0) }
  }

  init(legacyVersion: UInt16, supportedVersions: [UInt8]?, cipherSuites: [UInt8]) {
    var list = supportedVersions.flatMap { body in
      var reader = ByteReader(body)
      return reader.readVector8().map { Self.numbers(in: Array($0)) }
    }
    if list?.isEmpty != false { list = [legacyVersion] }
    versions = list ?? []
    self.cipherSuites = Self.numbers(in: cipherSuites).filter { !Self.signals.contains($0) }
  }

  /// Without those that only keep servers from choking on what is unknown (GREASE, RFC 8701).
  private static func numbers(in bytes: [UInt8]) -> [UInt16] {
    var reader = ByteReader(bytes)
    var numbers: [UInt16] = []
    while numbers.count < maximumCount, let number = reader.readUInt16() {
      if number & 0x0F0F != 0x0A0A || number >> 8 != number & 0xFF { numbers.append(number) }
    }
    return numbers
  }

  private static func hexadecimal(_ number: UInt16) -> String {
    let digits = String(number, radix: 16)
    return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
  }

  private static let names: [UInt16: String] = [
    0x0300: "SSLv3", 0x0301: "TLSv1.0", 0x0302: "TLSv1.1", 0x0303: "TLSv1.2", 0x0304: "TLSv1.3",
  ]
}
