/// The cipher suites that a server takes, in order of preference, by OpenSSL's names (openssl-ciphers(1)).
///
/// TLS 1.2 and TLS 1.3 have suites apart. Of those for TLS 1.2 a server uses the ones that it has a key or a certificate
/// for; within each preset those with forward secrecy come first. OpenSSL has none of RFC 8442's suites (ECDHE-PSK with
/// GCM or CCM).
///
/// | preset | TLS 1.3 | TLS 1.2 |
/// |---|---|---|
/// | ``modern`` | AES-GCM, ChaCha20-Poly1305 | ECDHE-PSK-CHACHA20-POLY1305; DHE-PSK and PSK with GCM, CCM, ChaCha20; ECDHE with ECDSA or RSA and GCM, ChaCha20 |
/// | ``constrained`` | and AES-128-CCM, AES-128-CCM-8 | and CCM, CCM8 |
/// | ``legacy`` | as `constrained` | and CBC with SHA-1, SHA-256, SHA-384; RSA-PSK |
public struct CipherSuites: Sendable, Equatable {
  /// Names for TLS 1.2 (openssl-ciphers(1)).
  public var tlsv12: [String]
  /// Names for TLS 1.3 (RFC 8446 §B.4).
  public var tlsv13: [String]

  /// Suites by name, most wanted first; they are checked when a server is made.
  ///
  /// - Parameters:
  ///   - tlsv12: names such as `DHE-PSK-AES128-GCM-SHA256`.
  ///   - tlsv13: names such as `TLS_AES_128_GCM_SHA256`.
  public init(tlsv12: [String], tlsv13: [String]) {
    self.tlsv12 = tlsv12
    self.tlsv13 = tlsv13
  }

  /// AEAD suites with full-length tags only. The default.
  public static let modern = CipherSuites(
    tlsv12: [
      "ECDHE-PSK-CHACHA20-POLY1305",
      "DHE-PSK-AES256-GCM-SHA384", "DHE-PSK-AES128-GCM-SHA256", "DHE-PSK-CHACHA20-POLY1305",
      "DHE-PSK-AES256-CCM", "DHE-PSK-AES128-CCM",
      "PSK-AES256-GCM-SHA384", "PSK-AES128-GCM-SHA256", "PSK-CHACHA20-POLY1305", "PSK-AES256-CCM", "PSK-AES128-CCM",
      "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305",
      "ECDHE-RSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
    ],
    tlsv13: ["TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"])

  /// ``modern`` and the suites of small devices, whose tags are 8 bytes long (RFC 6655, RFC 7925).
  public static let constrained = CipherSuites(
    tlsv12: modern.tlsv12 + [
      "DHE-PSK-AES256-CCM8", "DHE-PSK-AES128-CCM8", "PSK-AES256-CCM8", "PSK-AES128-CCM8",
      "ECDHE-ECDSA-AES256-CCM", "ECDHE-ECDSA-AES128-CCM", "ECDHE-ECDSA-AES256-CCM8", "ECDHE-ECDSA-AES128-CCM8",
    ],
    tlsv13: modern.tlsv13 + ["TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256"])

  /// ``constrained`` and the suites of old firmware: CBC (RFC 4279, RFC 5487, RFC 5489) and RSA-PSK, which has no
  /// forward secrecy.
  public static let legacy = CipherSuites(
    tlsv12: constrained.tlsv12 + [
      "ECDHE-PSK-AES256-CBC-SHA384", "ECDHE-PSK-AES128-CBC-SHA256", "ECDHE-PSK-AES256-CBC-SHA",
      "ECDHE-PSK-AES128-CBC-SHA",
      "DHE-PSK-AES256-CBC-SHA384", "DHE-PSK-AES128-CBC-SHA256", "DHE-PSK-AES256-CBC-SHA", "DHE-PSK-AES128-CBC-SHA",
      "PSK-AES256-CBC-SHA384", "PSK-AES128-CBC-SHA256", "PSK-AES256-CBC-SHA", "PSK-AES128-CBC-SHA",
      "RSA-PSK-AES256-GCM-SHA384", "RSA-PSK-AES128-GCM-SHA256", "RSA-PSK-CHACHA20-POLY1305",
      "RSA-PSK-AES256-CBC-SHA384", "RSA-PSK-AES128-CBC-SHA256", "RSA-PSK-AES256-CBC-SHA", "RSA-PSK-AES128-CBC-SHA",
      "ECDHE-ECDSA-AES256-SHA384", "ECDHE-RSA-AES256-SHA384", "ECDHE-ECDSA-AES128-SHA256", "ECDHE-RSA-AES128-SHA256",
      "ECDHE-ECDSA-AES256-SHA", "ECDHE-RSA-AES256-SHA", "ECDHE-ECDSA-AES128-SHA", "ECDHE-RSA-AES128-SHA",
    ],
    tlsv13: constrained.tlsv13)
}
