import Settings
import Testing

@Suite struct `Settings that do not go together` {
  static let overlap =
    "one topic is another's beginning, so that what is published to one would be taken for the other; "
    + "allowed: templates of which none starts with another"
  static let plain =
    "an mqtt:// URL is not encrypted, but files for TLS are named; "
    + "allowed: mqtts://, or no ca_file, certificate_file and psk_identity"

  static let files = [
    BadFile(
      "tls: {minimum_version: 1.3, maximum_version: 1.2}",
      "gateway.yaml:1: tls.minimum_version: minimum_version is newer than maximum_version; "
        + "allowed: a minimum_version that is maximum_version or older"),
    BadFile(
      "bridge:\n  backoff_maximum: 500ms",
      "gateway.yaml:2: bridge.backoff_maximum: backoff_minimum is longer than backoff_maximum; "
        + "allowed: a backoff_minimum of at most backoff_maximum"),
    BadFile(
      "sessions: {maximum_frame: 64MiB}\nbridge: {outbox_bytes: 32MiB}",
      "gateway.yaml:2: bridge.outbox_bytes: the largest packet, frame or line would never fit; allowed: "
        + "bridge.outbox_bytes at least as large as sessions.maximum_packet, maximum_frame and maximum_line"),
    BadFile("topics: {down: devices/%i/up}", "gateway.yaml:1: topics.down: \(overlap)"),
    BadFile("topics:\n  up: devices/%i", "gateway.yaml:2: topics.up: \(overlap)"),
    BadFile("topics: {up: '%i/up'}", "gateway.yaml:1: topics.up: \(overlap)"),
    BadFile("topics: {rejected: devices/%n/status}", "gateway.yaml:1: topics.rejected: \(overlap)"),
    BadFile(
      "metrics: {listen: '0.0.0.0:9464'}",
      "gateway.yaml:1: metrics.listen: other machines could reach it, and whoever reaches it may read it; "
        + "allowed: 127.0.0.1:PORT or [::1]:PORT, or metrics.allow_remote: true with it"),
    BadFile(
      "broker: {password_file: p}",
      "gateway.yaml:1: broker.password_file: there is no broker.user; allowed: a broker.user with it"),
    BadFile(
      "broker: {key_file: k}",
      "gateway.yaml:1: broker.key_file: certificate_file and key_file go together; allowed: both or neither"),
    BadFile(
      "broker: {psk_identity: i}",
      "gateway.yaml:1: broker.psk_identity: psk_identity and psk_key_file go together; allowed: both or neither"),
    BadFile(
      "broker: {psk_identity: i, psk_key_file: k, ca_file: c}",
      "gateway.yaml:1: broker.psk_identity: a key takes the place of certificates, so ca_file and certificate_file "
        + "would be without effect; allowed: psk_identity without them"),
    BadFile("broker:\n  ca_file: c\n  url: [mqtts://a, mqtt://b]", "gateway.yaml:3: broker.url: \(plain)"),
  ]

  @Test(arguments: files) func `are refused where they are written`(_ file: BadFile) async throws {
    let found = try await problems(in: file.yaml)
    #expect(found == file.problems)
  }

  @Test func `are found across file, environment and flags`() async throws {
    let flags = CommandLineOverrides.make { $0.broker = ["mqtt://b"] }
    let yaml = "broker: {url: mqtts://a, ca_file: c}"
    #expect(try await problems(in: yaml) == [])
    #expect(try await problems(in: yaml, flags: flags) == ["--broker: \(Self.plain)"])
    #expect(
      try await problems(in: "", environment: ["GATEWAY_BROKER_PASSWORD_FILE": "p"]) == [
        "GATEWAY_BROKER_PASSWORD_FILE: there is no broker.user; allowed: a broker.user with it"
      ])
  }
}
