import Testing

@testable import Settings

/// One key, values that it takes and values that it refuses; the keys are a contract with everyone's files.
struct Key: Sendable, CustomTestStringConvertible {
  let key: String
  let taken: [String]
  let refused: [String]

  init(_ key: String, _ taken: [String], not refused: [String]) {
    self.key = key
    self.taken = taken
    self.refused = refused
  }

  var testDescription: String { key }

  /// The key with `value` as a file has it.
  func yaml(_ value: String) -> String {
    let parts = key.split(separator: ".", maxSplits: 1)
    return parts.count == 1 ? "\(key): \(value)\n" : "\(parts[0]):\n  \(parts[1]): \(value)\n"
  }

  static let all = [
    Key("node", ["a", String(repeating: "n", count: 64)], not: ["''", "a+b", String(repeating: "n", count: 65)]),
    Key("listen", ["a:0", "[a:1]", "['[::]:1', b:2]"], not: ["a", "[]", "{}"]),
    Key("state", ["/s", "./s"], not: ["''", "\"a\\0b\"", "[a]"]),
    Key("embedded_broker_port", ["0", "65535"], not: ["-1", "65536", "auto"]),
    Key("devices.directory", ["/d"], not: ["''"]),
    Key("devices.allow_readable_by_others", ["true", "false"], not: ["1", "on", "True"]),
    Key("devices.master_key_file", ["/k"], not: ["''"]),
    Key("devices.maximum_file", ["1KiB", "64MiB"], not: ["1023", "65MiB"]),
    Key("devices.maximum_bundle", ["1KiB", "16GiB"], not: ["1023", "17GiB"]),
    Key("devices.sweep_interval", ["1s", "24h"], not: ["999ms", "25h", "0s"]),
    Key(
      "proxy_protocol.trusted", ["192.0.2.7", "[]", "[10.0.0.0/8, '2001:db8::/32']", "0.0.0.0/0"],
      not: ["10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "proxy.example", "::/129", "''"]),
    Key("tls.suites", ["modern", "constrained", "legacy"], not: ["Modern", "ALL"]),
    Key("tls.minimum_version", ["1.2", "'1.3'"], not: ["1.1", "TLSv1.2"]),
    Key("tls.maximum_version", ["1.2", "1.3"], not: ["1.4", "13"]),
    Key("tls.allow_psk_ke_without_dh", ["true", "false"], not: ["no"]),
    Key("tls.unknown_identity", ["masked", "alert"], not: ["reject"]),
    Key(
      "tls.identity_hint", ["h", String(repeating: "h", count: 128)], not: ["''", String(repeating: "h", count: 129)]),
    Key("tls.server_cipher_preference", ["true", "false"], not: ["0"]),
    Key("tls.session_tickets", ["true", "false"], not: ["1"]),
    Key("tls.session_ticket_lifetime", ["1s", "7d"], not: ["999ms", "169h"]),
    Key(
      "metrics.listen", ["127.0.0.1:9464", "'[::1]:0'", "localhost:1"],
      not: ["9464", "''", "[a:1, b:1]"]),
    Key("metrics.allow_remote", ["true", "false"], not: ["yes"]),
    Key("limits.handshake_timeout", ["100ms", "2m"], not: ["99ms", "121s", "0s"]),
    Key("limits.maximum_accepted", ["1", "1000000"], not: ["0", "1000001"]),
    Key("limits.maximum_handshaking", ["1", "10000"], not: ["0", "10001"]),
    Key("limits.handshake_patience", ["100ms", "60s"], not: ["99ms", "61s"]),
    Key("limits.maximum_slot_wait", ["1s", "10m"], not: ["999ms", "601s"]),
    Key("limits.maximum_connections", ["1", "10000000"], not: ["0", "10000001"]),
    Key("limits.maximum_connections_per_address", ["1", "10000000"], not: ["0", "10000001"]),
    Key("limits.backlog", ["1", "65535"], not: ["0", "65536"]),
    Key("limits.event_loop_threads", ["0", "1024"], not: ["-1", "1025"]),
    Key("limits.drain_timeout", ["0s", "10m"], not: ["601s"]),
    Key("sessions.maximum_line", ["16", "16MiB"], not: ["15", "17MiB"]),
    Key("sessions.maximum_frame", ["16", "64MiB"], not: ["15", "65MiB"]),
    Key("sessions.maximum_packet", ["1KiB", "64MiB"], not: ["1023", "65MiB"]),
    Key("sessions.maximum_topic", ["1", "65535"], not: ["0", "64KiB"]),
    Key("sessions.maximum_client_id", ["23", "65535"], not: ["22", "64KiB"]),
    Key("sessions.connect_timeout", ["100ms", "10m"], not: ["99ms", "11m"]),
    Key("sessions.auto_silence", ["100ms", "10m"], not: ["99ms", "11m"]),
    Key("sessions.idle_timeout", ["1s", "30d"], not: ["999ms", "31d"]),
    Key("sessions.maximum_unacknowledged", ["1", "65535"], not: ["0", "65536"]),
    Key("sessions.maximum_in_flight", ["1", "65535"], not: ["0", "65536"]),
    Key("sessions.maximum_queued", ["1", "1000000"], not: ["0", "1000001"]),
    Key("sessions.maximum_queued_bytes", ["1KiB", "1GiB"], not: ["1023", "2GiB"]),
    Key("sessions.maximum_subscriptions", ["1", "100000"], not: ["0", "100001"]),
    Key("sessions.maximum_topic_aliases", ["0", "65535"], not: ["-1", "65536"]),
    Key("sessions.maximum_expiry", ["0s", "365d"], not: ["366d", "-1s"]),
    Key("sessions.maximum_keep_alive", ["0s", "65535s"], not: ["65536s", "-1s"]),
    Key("topics.mode", ["namespaced", "verbatim"], not: ["own"]),
    Key(
      "topics.up", ["a/%i", "'%i/b/c'"],
      not: ["a", "a/%n", "a/%i/%i", "a/x%i", "a//%i", "/%i", "$a/%i", "'%i/#'", "''"]),
    Key("topics.down", ["a/%i"], not: ["a/%n/%i"]),
    Key("topics.status", ["a/%i"], not: ["a/%"]),
    Key("topics.rejected", ["a/%n"], not: ["a/%i"]),
    Key("topics.gateway_status", ["a/%n"], not: ["a"]),
    Key("topics.publish", ["a", "[]", "['#', a/%i/+]"], not: ["['']", "[a/#/b]", "{a: b}"]),
    Key("topics.subscribe", ["a", "[]", "['+/%i/#']"], not: ["[a+]", "[~]"]),
    Key("quota.messages_per_second", ["1", "1000000"], not: ["0", "1000001"]),
    Key("quota.bytes_per_second", ["1", "1GiB"], not: ["0", "2GiB"]),
    Key("quota.payload_bytes", ["1", "64MiB"], not: ["0", "65MiB"]),
    Key("presence.enabled", ["true", "false"], not: ["off"]),
    Key("presence.restart_grace", ["0s", "1h"], not: ["2h", "-1s"]),
    Key("rejections.enabled", ["true", "false"], not: ["off"]),
    Key("rejections.maximum_per_second", ["1", "10000"], not: ["0", "10001"]),
    Key("broker.url", ["embedded", "mqtt://a", "[mqtts://a, mqtts://b:1]"], not: ["[]", "none", "mqtt://a:65536"]),
    Key("broker.user", ["u"], not: ["''", "[u]"]),
    Key("broker.password_file", ["/p"], not: ["''"]),
    Key("broker.ca_file", ["/c"], not: ["''"]),
    Key("broker.certificate_file", ["/c"], not: ["''"]),
    Key("broker.key_file", ["/k"], not: ["''"]),
    Key("broker.psk_identity", ["i"], not: ["''", String(repeating: "i", count: 129)]),
    Key("broker.psk_key_file", ["/k"], not: ["''"]),
    Key("bridge.connections", ["1", "64"], not: ["0", "65"]),
    Key("bridge.window", ["1", "65535"], not: ["0", "65536"]),
    Key("bridge.outbox_messages", ["1", "10000000"], not: ["0", "10000001"]),
    Key("bridge.outbox_bytes", ["64KiB", "16GiB"], not: ["63KiB", "17GiB"]),
    Key("bridge.keep_alive", ["5s", "18h"], not: ["4s", "19h"]),
    Key("bridge.connect_timeout", ["100ms", "10m"], not: ["99ms", "11m"]),
    Key("bridge.patience", ["0s", "1d"], not: ["25h"]),
    Key("bridge.backoff_minimum", ["10ms", "1h"], not: ["9ms", "61m"]),
    Key("bridge.backoff_maximum", ["10ms", "1h"], not: ["9ms", "61m"]),
    Key("spool.after", ["100ms", "60s"], not: ["99ms", "61s"]),
    Key("spool.maximum_bytes", ["1MiB", "1024GiB"], not: ["1023KiB", "1025GiB"]),
    Key("spool.maximum_age", ["1s", "365d"], not: ["999ms", "366d"]),
    Key("log.level", ["trace", "critical"], not: ["notify", "INFO"]),
    Key("log.format", ["text", "json"], not: ["xml"]),
  ]
}

@Suite struct `Each key` {
  @Test(arguments: Key.all) func `takes what is in its range and nothing else`(_ key: Key) throws {
    for value in key.taken { #expect(faults(key, value) == [], "\(value)") }
    for value in key.refused {
      let faults = faults(key, value)
      #expect(faults.count == 1, "\(value)")
      #expect(faults.allSatisfy { $0.key == key.key && !$0.allowed.isEmpty }, "\(value)")
    }
  }

  @Test func `is in the table above`() {
    #expect(Set(Key.all.map(\.key)) == Set(Section.settings.keys))
  }

  @Test(arguments: Key.all) func `has a variable that sets the same`(_ key: Key) throws {
    let setting = try #require(Section.settings[key.key])
    let value = key.taken[0].replacing("'", with: "")
    var problems: [SettingsProblem] = []
    let layer = Layer(environment: [setting.variable: value], problems: &problems)
    let expected = Layer(yaml: key.yaml(key.taken[0]), path: "gateway.yaml", problems: &problems)
    #expect(try layer.texts(for: setting) == expected.texts(for: setting))
    #expect(layer.origins == [setting.name: .environment(variable: setting.variable)])
    #expect(problems.isEmpty)
  }

  /// What is wrong with `value` by itself, rules between settings aside.
  private func faults(_ key: Key, _ value: String) -> [SettingsProblem] {
    var problems: [SettingsProblem] = []
    let layer = Layer(yaml: key.yaml(value), path: "gateway.yaml", problems: &problems)
    return problems + layer.problems()
  }
}
