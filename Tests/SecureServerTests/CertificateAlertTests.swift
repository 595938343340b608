import SecureServer
import Testing

/// What a client is told when its certificate is rejected, as ``CertificateError/Code`` documents it.
@Suite struct CertificateAlertTests {
  private static let alerts: [(CertificateError.Code, UInt8)] = [
    (.unknownIssuer, 48), (.selfSigned, 48), (.selfSignedInChain, 48), (.chainTooLong, 48), (.expired, 45),
    (.notYetValid, 42), (.revoked, 44), (.wrongUsage, 43), (.invalidSignature, 51), (.untrusted, 42), (.rejected, 42),
    (.applicationVerification, 40),
  ]

  @Test(arguments: ["-tls1_2", "-tls1_3"], alerts)
  func `each error becomes its alert`(version: String, expected: (CertificateError.Code, UInt8)) async throws {
    let (code, alert) = expected
    var settings = try await Certificates.made().tls()
    settings.clientCertificates = .require
    settings.verify = { _ in .reject(code) }
    let final = settings
    try await Certificates.made().withFiles { directory in
      try await withServer(configuration(final)) { server in
        _ = try await failClient(server, [version] + Certificates.options("self-signed", in: directory))
        #expect(try await server.outcomes() == [.certificateRejected(CertificateError(code: code, depth: 0))])
        #expect(server.alertsSent == [alert])
      }
    }
  }
}
