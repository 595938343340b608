import Model
import Settings
import TestSupport
import Testing

/// A file, and what it changes about the defaults.
struct GoodFile: Sendable, CustomTestStringConvertible {
  let yaml: String
  let change: @Sendable (inout GatewayConfiguration) throws -> Void

  init(_ yaml: String, _ change: @escaping @Sendable (inout GatewayConfiguration) throws -> Void) {
    self.yaml = yaml
    self.change = change
  }

  var testDescription: String { yaml }
}

@Suite struct `Good files` {
  static let files = [
    GoodFile("") { _ in },
    GoodFile("# only a comment\n") { _ in },
    GoodFile("---\n") { _ in },
    GoodFile("limits:\n# backlog: 1\n") { _ in },
    GoodFile("node: gateway-7") { $0.node = "gateway-7" },
    GoodFile("node: 7") { $0.node = "7" },
    GoodFile("listen: 0.0.0.0:8883") { $0.listen = [ListenAddress(host: "0.0.0.0", port: 8883)] },
    GoodFile("listen: ['[::1]:0', localhost:8884]") {
      $0.listen = [ListenAddress(host: "::1", port: 0), ListenAddress(host: "localhost", port: 8884)]
    },
    GoodFile("state: /var/lib/gateway") { $0.state = "/var/lib/gateway" },
    GoodFile("devices: /etc/devices.d") { $0.devices.directory = "/etc/devices.d" },
    GoodFile("devices:\n  directory: /etc/devices.d\n  allow_readable_by_others: true") {
      $0.devices.directory = "/etc/devices.d"
      $0.devices.allowReadableByOthers = true
    },
    GoodFile("proxy_protocol: {trusted: [10.0.0.0/8, '::1']}") {
      $0.proxyProtocol.trusted = ["10.0.0.0/8", "::1"].compactMap { NetworkRange($0) }
    },
    GoodFile("proxy_protocol: 192.0.2.7") {
      $0.proxyProtocol.trusted = ["192.0.2.7"].compactMap { NetworkRange($0) }
    },
    GoodFile("tls:\n  suites: legacy\n  minimum_version: 1.2\n  maximum_version: \"1.2\"") {
      $0.tls.suites = .legacy
      $0.tls.maximumVersion = .v12
    },
    GoodFile("tls: {allow_psk_ke_without_dh: true, unknown_identity: alert, identity_hint: Server Y}") {
      $0.tls.allowPSKWithoutDiffieHellman = true
      $0.tls.unknownIdentity = .alert
      $0.tls.identityHint = "Server Y"
    },
    GoodFile("limits: {handshake_timeout: 500ms, drain_timeout: 0s, maximum_slot_wait: 10m}") {
      $0.limits.handshakeTimeout = .milliseconds(500)
      $0.limits.drainTimeout = .zero
      $0.limits.maximumSlotWait = .seconds(600)
    },
    GoodFile("sessions: {maximum_line: 8192, maximum_packet: 1MiB, idle_timeout: 1d}") {
      $0.sessions.maximumPacket = 1 << 20
      $0.sessions.idleTimeout = .seconds(86_400)
    },
    GoodFile("topics: verbatim") { $0.topics.mode = .verbatim },
    GoodFile("topics: {mode: namespaced, up: fleet/%i/events, publish: ['a/#', b/%i/+], subscribe: []}") {
      $0.topics.up = "fleet/%i/events"
      $0.topics.publish = [try TopicFilter("a/#"), try TopicFilter("b/%i/+")]
      $0.topics.subscribe = []
    },
    GoodFile("quota: {messages_per_second: 10, bytes_per_second: 64KiB, payload_bytes: 100}") {
      $0.quota.messagesPerSecond = 10
      $0.quota.bytesPerSecond = 64 << 10
      $0.quota.payloadBytes = 100
    },
    GoodFile("presence: false\nrejections: {maximum_per_second: 1}") {
      $0.presence.enabled = false
      $0.rejections.maximumPerSecond = 1
    },
    GoodFile("broker: embedded\nembedded_broker_port: 0") { $0.broker.embeddedPort = 0 },
    GoodFile("broker: mqtt://127.0.0.1") {
      $0.broker.choice = .remote([BrokerURL(host: "127.0.0.1", port: 1883, usesTLS: false)])
    },
    GoodFile("broker:\n- mqtts://a.example\n- mqtts://[::1]:8884/") {
      $0.broker.choice = .remote([
        BrokerURL(host: "a.example", port: 8883, usesTLS: true), BrokerURL(host: "::1", port: 8884, usesTLS: true),
      ])
    },
    GoodFile("broker: {url: mqtts://a, user: u, password_file: p, ca_file: c, certificate_file: d, key_file: k}") {
      $0.broker.choice = .remote([BrokerURL(host: "a", port: 8883, usesTLS: true)])
      $0.broker.user = "u"
      $0.broker.passwordFile = "p"
      $0.broker.caFile = "c"
      $0.broker.certificateFile = "d"
      $0.broker.keyFile = "k"
    },
    GoodFile("bridge: {keep_alive: 1m, backoff_minimum: 50ms, outbox_bytes: 1GiB}\nlog: {level: debug, format: json}") {
      $0.bridge.keepAlive = .seconds(60)
      $0.bridge.backoffMinimum = .milliseconds(50)
      $0.bridge.outboxBytes = 1 << 30
      $0.log.level = .debug
      $0.log.format = .json
    },
  ]

  @Test(arguments: files) func `change what they say and nothing else`(_ file: GoodFile) async throws {
    var expected = GatewayConfiguration()
    try file.change(&expected)
    #expect(try await load(file.yaml) == expected)
  }

  @Test func `are not needed`() throws {
    #expect(try GatewayConfiguration.load(environment: [:]) == GatewayConfiguration())
  }

  @Test func `keep the state where systemd says, unless told otherwise`() async throws {
    let environment = ["STATE_DIRECTORY": "/var/lib/gateway:/var/lib/other"]
    #expect(try await load("", environment: environment).state == "/var/lib/gateway")
    #expect(try await load("state: ./here", environment: environment).state == "./here")
    #expect(try await load("", environment: ["STATE_DIRECTORY": ""]).state == "./state")
  }
}
