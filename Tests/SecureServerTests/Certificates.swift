import Foundation
import SecureServer
import TestSupport

/// Keys and certificates of a small authority, made by `openssl` once in a run of the tests.
struct Certificates: Sendable {
  private static let shared = Task { try await Certificates() }
  private static let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
  private static let clientUsage = ["-addext", "extendedKeyUsage=clientAuth", "-addext", "basicConstraints=CA:FALSE"]

  /// The texts of the files, by name.
  private let files: [String: String]

  static func made() async throws -> Certificates { try await shared.value }

  private init() async throws {
    files = try await withTemporaryDirectory { directory in
      func make(_ name: String, _ options: [String], key: [String] = Self.curve) async throws {
        let arguments =
          [
            "req", "-x509", "-nodes", "-days", "30", "-subj", "/CN=\(name)", "-keyout", "\(name).key", "-out",
            "\(name).crt",
          ]
          + key + options
        let outcome = try await run("openssl", arguments, in: directory)
        guard outcome.status == 0 else { throw NeverHappened(description: outcome.errorOutput) }
      }
      func signed(by issuer: String) -> [String] { ["-CA", "\(issuer).crt", "-CAkey", "\(issuer).key"] }
      try await make("server", [])
      try await make("other-server", [])
      try await make("rsa-server", [], key: ["-newkey", "rsa:2048"])
      try await make("authority", [])
      try await make("other-authority", [])
      try await make("self-signed", Self.clientUsage)
      try await make("valid", Self.clientUsage + signed(by: "authority"))
      try await make("stranger", Self.clientUsage + signed(by: "other-authority"))
      try await make(
        "wrong-usage",
        ["-addext", "extendedKeyUsage=serverAuth", "-addext", "basicConstraints=CA:FALSE"] + signed(by: "authority"))
      try await make("intermediate", ["-addext", "basicConstraints=critical,CA:TRUE"] + signed(by: "authority"))
      try await make("chained", Self.clientUsage + signed(by: "intermediate"))
      var files: [String: String] = [:]
      for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
        files[name] = try String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8)
      }
      return files
    }
  }

  func text(_ name: String) throws -> String {
    guard let text = files[name] else { throw NeverHappened(description: "no file \(name)") }
    return text
  }

  func chain(_ name: String) throws -> [TLSCertificate] { try TLSCertificate.chain(pem: text(name + ".crt")) }
  func key(_ name: String) throws -> TLSPrivateKey { try TLSPrivateKey(pem: text(name + ".key")) }

  /// Settings for a server with the certificate `name`.
  func tls(_ name: String = "server") throws -> TLSConfiguration {
    TLSConfiguration(certificateChain: try chain(name), privateKey: try key(name))
  }

  /// Lends the path of a directory with all of the files.
  func withFiles<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    try await withTemporaryDirectory { directory in
      for (name, text) in files { try write(text, to: "\(directory)/\(name)") }
      return try await body(directory)
    }
  }
}

extension Certificates {
  /// Options of s_client for the client certificate `name`; none for nil.
  static func options(_ name: String?, in directory: String, chain: String? = nil) -> [String] {
    guard let name else { return [] }
    let options = ["-cert", "\(directory)/\(name).crt", "-key", "\(directory)/\(name).key"]
    return options + (chain.map { ["-cert_chain", "\(directory)/\($0).crt"] } ?? [])
  }
}
