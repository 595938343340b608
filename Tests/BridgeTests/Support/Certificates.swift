import TestSupport

/// An authority, the broker's certificate for localhost, and a client's, made with openssl.
struct Certificates {
  let directory: String

  init(in directory: String) async throws {
    self.directory = directory
    try await make("authority", subject: "/CN=Test authority", [])
    let signed = ["-CA", authority, "-CAkey", directory + "/authority.key"]
    try await make(
      "broker", subject: "/CN=localhost", signed + ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
    try await make("elsewhere", subject: "/CN=elsewhere", signed + ["-addext", "subjectAltName=DNS:elsewhere"])
    try await make("client", subject: "/CN=gateway", signed)
  }

  var authority: String { certificate("authority") }
  func certificate(_ name: String) -> String { "\(directory)/\(name).pem" }
  func key(_ name: String) -> String { "\(directory)/\(name).key" }

  /// Lines for mosquitto, to show the certificate `name`.
  func listener(port: Int, certificate name: String = "broker") -> String {
    """
    listener \(port) 127.0.0.1
    cafile \(authority)
    certfile \(certificate(name))
    keyfile \(key(name))
    """
  }

  private func make(_ name: String, subject: String, _ more: [String]) async throws {
    let arguments =
      ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
      + ["-subj", subject, "-keyout", key(name), "-out", certificate(name)] + more
    try await withProcess("openssl", arguments) { process in
      guard try await process.waitForExit() == 0 else { throw Failed(description: process.errorOutput) }
    }
  }

  struct Failed: Error, CustomStringConvertible {
    let description: String
  }
}
