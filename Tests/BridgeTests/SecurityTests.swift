import Bridge
import Model
import TestSupport
import Testing

@Suite struct SecurityTests {
  /// Runs a bridge to `broker`, and a message through it.
  private func publish(to broker: BrokerAddress) async throws {
    var settings = BridgeSettings.make(ports: 0)
    settings.brokers = [broker]
    try await withBridge(settings) { running in
      let sink = RecordingSink()
      // More than one TLS record, so that acknowledgements also wait inside TLS.
      running.bridge.submit(
        try (0..<300).map { try .make([UInt8](repeating: 7, count: 500), receipt: sink.receipt($0)) })
      try await eventually("acknowledged: \(running.events.disconnections)") { sink.acknowledged == 300 }
    }
  }

  /// Runs a bridge to `broker`, and returns why it cannot connect.
  private func failure(at broker: BrokerAddress) async throws -> String {
    var settings = BridgeSettings.make(ports: 0)
    settings.brokers = [broker]
    return try await withBridge(settings) { running in
      try await eventually("a failure") { !running.events.disconnections.isEmpty }
      return running.events.disconnections[0]
    }
  }

  private func withCertificates(
    _ more: String = "", certificate: String = "broker", _ body: (Certificates, Int) async throws -> Void
  ) async throws {
    try await withTemporaryDirectory { directory in
      let certificates = try await Certificates(in: directory)
      let port = try freePort()
      let listener = certificates.listener(port: port, certificate: certificate)
      try await withMosquitto(configuration: listener + "\n" + more) { _ in try await body(certificates, port) }
    }
  }

  @Test(arguments: ["localhost", "127.0.0.1"])
  func `TLS with an authority of our own`(host: String) async throws {
    try await withCertificates { certificates, port in
      let security = BrokerSecurity.certificates(BrokerCertificates(authorityFile: certificates.authority))
      try await publish(to: BrokerAddress(host: host, port: port, security: security))
    }
  }

  @Test func `a broker that the system's authorities don't vouch for is refused`() async throws {
    try await withCertificates { _, port in
      let security = BrokerSecurity.certificates(BrokerCertificates())
      let reason = try await failure(at: BrokerAddress(host: "localhost", port: port, security: security))
      #expect(reason.contains("certificate verify failed"))
    }
  }

  @Test func `a certificate for another host is refused`() async throws {
    try await withCertificates(certificate: "elsewhere") { certificates, port in
      let security = BrokerSecurity.certificates(BrokerCertificates(authorityFile: certificates.authority))
      let reason = try await failure(at: BrokerAddress(host: "localhost", port: port, security: security))
      #expect(reason.contains("certificate verify failed"))
    }
  }

  @Test func `a certificate of our own`() async throws {
    try await withCertificates("require_certificate true") { certificates, port in
      var files = BrokerCertificates(authorityFile: certificates.authority)
      let stranger = BrokerAddress(host: "localhost", port: port, security: .certificates(files))
      #expect(try await failure(at: stranger).isEmpty == false)
      files.certificateFile = certificates.certificate("client")
      files.keyFile = certificates.key("client")
      try await publish(to: BrokerAddress(host: "localhost", port: port, security: .certificates(files)))
    }
  }

  @Test func `a certificate file that is missing is named`() async throws {
    let security = BrokerSecurity.certificates(BrokerCertificates(authorityFile: "/nowhere/ca.pem"))
    let reason = try await failure(at: BrokerAddress(host: "localhost", port: 1, security: security))
    #expect(reason.contains("/nowhere/ca.pem"))
  }

  @Test func `a pre-shared key`() async throws {
    try await withTemporaryDirectory { directory in
      try write("gateway:0011223344556677889900aabbccddee\n", to: directory + "/psk")
      let port = try freePort()
      let listener = "listener \(port) 127.0.0.1\npsk_hint hint\npsk_file \(directory)/psk"
      try await withMosquitto(configuration: listener) { _ in
        func broker(lastByte: UInt8) -> BrokerAddress {
          let key: [UInt8] = [0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0, 0xaa, 0xbb, 0xcc, 0xdd]
          let security = BrokerSecurity.presharedKey(identity: "gateway", key: SecretBytes(key + [lastByte]))
          return BrokerAddress(host: "127.0.0.1", port: port, security: security)
        }
        try await publish(to: broker(lastByte: 0xee))
        #expect(try await failure(at: broker(lastByte: 0xef)).isEmpty == false)
      }
    }
  }

  @Test func `user and password`() async throws {
    try await withTemporaryDirectory { directory in
      let file = directory + "/passwords"
      try await withProcess("mosquitto_passwd", ["-c", "-b", file, "gateway", "s3cret: @"]) {
        _ = try await $0.waitForExit()
      }
      let configuration = "allow_anonymous false\npassword_file \(file)"
      try await withMosquitto(configuration: configuration) { broker in
        try await publish(to: try BrokerAddress(url: "mqtt://gateway:s3cret%3A%20%40@127.0.0.1:\(broker.port)"))
        let wrong = try BrokerAddress(url: "mqtt://gateway:wrong@127.0.0.1:\(broker.port)")
        #expect(try await failure(at: wrong) == "the broker refused the connection: Not authorized")
      }
    }
  }
}
