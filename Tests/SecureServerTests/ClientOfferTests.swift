import TestSupport
import Testing

@testable import SecureServer

/// What a failure says of what the client offered.
@Suite struct ClientOfferTests {
  @Test(arguments: [
    (["-tls1_2", "-cipher", "PSK-AES128-CCM8:PSK-AES256-CCM8"], ["TLSv1.2"], ["PSK-AES128-CCM8", "PSK-AES256-CCM8"]),
    (["-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_8_SHA256"], ["TLSv1.3"], ["TLS_AES_128_CCM_8_SHA256"]),
  ])
  func `a real client's offer comes with its failure`(
    _ options: [String], _ versions: [String], _ suites: [String]
  ) async throws {
    try await withEchoServer { server in
      _ = try await failOpenSSL(to: server, options)
      _ = try await server.outcomes()
      let offer = try #require(server.failures.first?.offer)
      #expect(offer.versionNames == versions)
      #expect(offer.cipherSuiteNames == suites)
    }
  }

  @Test func `versions are those of the extension, else the one of old`() {
    #expect(ClientOffer.make(versions: [4, 3, 4, 3, 3]).versionNames == ["TLSv1.3", "TLSv1.2"])
    #expect(ClientOffer.make(versions: nil).versionNames == ["TLSv1.2"])
    for broken in [[], [9, 3, 4], [0], [1, 3]] as [[UInt8]] {
      #expect(ClientOffer.make(versions: broken).versionNames == ["TLSv1.2"])
    }
    #expect(ClientOffer.make(versions: [4, 0x7F, 0x1C, 0x3A, 0x3A]).versionNames == ["0x7f1c"])
  }

  @Test func `what is no suite is left out, what is unknown has its number, and there is an end to it`() {
    let offer = ClientOffer.make(suites: [0x0A, 0x0A, 0, 0xFF, 0x56, 0, 0xC0, 0xA8, 0xFE, 0xED, 7])
    #expect(offer.cipherSuiteNames == ["PSK-AES128-CCM8", "0xfeed"])
    #expect(ClientOffer.make(suites: [UInt8](repeating: 1, count: 60_000)).cipherSuites.count == 100)
  }
}

extension ClientOffer {
  fileprivate static func make(versions: [UInt8]? = nil, suites: [UInt8] = []) -> ClientOffer {
    ClientOffer(legacyVersion: 0x0303, supportedVersions: versions, cipherSuites: suites)
  }
}
