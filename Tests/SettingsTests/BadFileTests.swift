import Foundation
import Settings
import TestSupport
import Testing

/// A file, and everything that is said about it.
struct BadFile: Sendable, CustomTestStringConvertible {
  let yaml: String
  let problems: [String]

  init(_ yaml: String, _ problems: String...) {
    self.yaml = yaml
    self.problems = problems
  }

  var testDescription: String { yaml }
}

@Suite struct `Bad files` {
  static let addresses = "HOST:PORT or [IPV6]:PORT, or a list of them"
  static let urls = "embedded, mqtt://HOST[:PORT], mqtts://HOST[:PORT], or a list of such URLs"

  static let shapes = [
    BadFile("just text", "gateway.yaml:1: the file is not a mapping; allowed: lines of the form key: value"),
    BadFile("- a\n- b", "gateway.yaml:1: the file is not a mapping; allowed: lines of the form key: value"),
    BadFile("node: a\nlog: {level: info}\nnode: b", "gateway.yaml:1: 'node' is there more than once"),
    BadFile("limits:\n  backlog: 5\n  backlog: 6\n", "gateway.yaml:2: 'backlog' is there more than once"),
    BadFile(
      "limits: 5",
      "gateway.yaml:1: limits: it is not a mapping; allowed: the keys handshake_timeout, maximum_accepted, "
        + "maximum_handshaking, maximum_slot_wait, handshake_patience, maximum_connections, "
        + "maximum_connections_per_address, backlog, event_loop_threads, drain_timeout, indented"),
    BadFile("node:", "gateway.yaml:1: node: it has no value; allowed: 1 to 64 bytes without + # / and spaces"),
    BadFile("log:\n  level: ~", "gateway.yaml:2: log.level: it has no value; allowed: \(levels)"),
    BadFile("node: [a, b]", "gateway.yaml:1: node: it is a list; allowed: 1 to 64 bytes without + # / and spaces"),
    BadFile("node: {a: b}", "gateway.yaml:1: node: it is a mapping; allowed: 1 to 64 bytes without + # / and spaces"),
    BadFile(
      "listen: [a:1, [b:2]]", "gateway.yaml:1: listen: not everything in the list is a text; allowed: \(addresses)"),
  ]

  static let levels = "trace, debug, info, notice, warning, error, critical"

  static let keys = [
    BadFile(
      "log:\n  levle: info\n",
      "gateway.yaml:2: log.levle: unknown key; allowed: level, format"),
    BadFile(
      "log.level: info",
      "gateway.yaml:1: log.level: unknown key; allowed: node, listen, state, embedded_broker_port, devices, "
        + "proxy_protocol, tls, limits, sessions, topics, quota, presence, rejections, broker, bridge, spool, metrics, log"
    ),
    BadFile(
      "quota:\n  messages_per_second:\n    burst: 5",
      "gateway.yaml:2: quota.messages_per_second: it is a mapping; allowed: 1 to 1000000"),
    BadFile(
      "log: {<<: {level: info}, [a]: b}",
      "gateway.yaml:1: log.<<: unknown key; allowed: level, format",
      "gateway.yaml:1: log.?: unknown key; allowed: level, format"),
  ]

  static let values = [
    BadFile("limits:\n  backlog: 0", "gateway.yaml:2: limits.backlog: '0' is out of range; allowed: 1 to 65535"),
    BadFile(
      "limits:\n  backlog: 99999999999999999999",
      "gateway.yaml:2: limits.backlog: '99999999999999999999' is not a whole number; allowed: 1 to 65535"),
    BadFile(
      "limits:\n  backlog: 4.5", "gateway.yaml:2: limits.backlog: '4.5' is not a whole number; allowed: 1 to 65535"),
    BadFile(
      "limits:\n  backlog: true", "gateway.yaml:2: limits.backlog: 'true' is not a whole number; allowed: 1 to 65535"),
    BadFile(
      "limits:\n\n  handshake_timeout: 5",
      "gateway.yaml:3: limits.handshake_timeout: '5' is not a length of time; allowed: 100ms to 2m, with ms, s, m, h or d"
    ),
    BadFile(
      "limits: {handshake_timeout: 99ms, drain_timeout: -1s}",
      "gateway.yaml:1: limits.drain_timeout: '-1s' is not a length of time; allowed: 0s to 10m, with ms, s, m, h or d",
      "gateway.yaml:1: limits.handshake_timeout: '99ms' is out of range; allowed: 100ms to 2m, with ms, s, m, h or d"),
    BadFile(
      "sessions: {maximum_line: 8KB}",
      "gateway.yaml:1: sessions.maximum_line: '8KB' is not a size; allowed: 16 to 16MiB, in bytes or with KiB, MiB or GiB"
    ),
    BadFile(
      "sessions: {maximum_line: 9999999999GiB}",
      "gateway.yaml:1: sessions.maximum_line: '9999999999GiB' is not a size; "
        + "allowed: 16 to 16MiB, in bytes or with KiB, MiB or GiB"),
    BadFile(
      "presence: yes", "gateway.yaml:1: presence.enabled: 'yes' is neither true nor false; allowed: true or false"),
    BadFile("log: {level: loud}", "gateway.yaml:1: log.level: 'loud' is not one of the choices; allowed: \(levels)"),
    BadFile(
      "tls: {minimum_version: 1.1}",
      "gateway.yaml:1: tls.minimum_version: '1.1' is not one of the choices; allowed: 1.2, 1.3"),
    BadFile("node: a/b", "gateway.yaml:1: node: 'a/b' has a '/'; allowed: 1 to 64 bytes without + # / and spaces"),
    BadFile(
      "node: \"a\\0b\"", "gateway.yaml:1: node: 'a\\0b' has a '\\0'; allowed: 1 to 64 bytes without + # / and spaces"),
    BadFile("state: ''", "gateway.yaml:1: state: it is empty; allowed: a path"),
    BadFile("listen: []", "gateway.yaml:1: listen: the list is empty; allowed: \(addresses)"),
    BadFile(
      "listen:\n- a:1\n- '8883'", "gateway.yaml:1: listen: '8883' is not an address and a port; allowed: \(addresses)"),
    BadFile("broker: http://a", "gateway.yaml:1: broker.url: 'http://a' is not a broker's URL; allowed: \(urls)"),
    BadFile(
      "broker: [embedded, mqtt://a]", "gateway.yaml:1: broker.url: 'embedded' is not a broker's URL; allowed: \(urls)"),
    BadFile(
      "broker: mqtt://me:secret@a",
      "gateway.yaml:1: broker.url: a user or password is in the URL; say broker.user and password_file; allowed: \(urls)"
    ),
    BadFile(
      "topics: {up: devices/up}",
      "gateway.yaml:1: topics.up: 'devices/up' does not have %i alone in one level; allowed: a topic with one level that is %i"
    ),
    BadFile(
      "topics: {up: 'a/+/%i', publish: ['a#']}",
      "gateway.yaml:1: topics.publish: 'a#' is not a topic filter: '#' stands alone in the last level; "
        + "allowed: a list of topic filters with %i, + and #; [] is none",
      "gateway.yaml:1: topics.up: 'a/+/%i' is not a topic: a topic has no '+', '#' or NUL; "
        + "allowed: a topic with one level that is %i"),
  ]

  @Test(arguments: shapes + keys + values)
  func `are refused with line, key and what is allowed`(_ file: BadFile) async throws {
    let found = try await problems(in: file.yaml)
    #expect(found == file.problems)
  }

  @Test func `are reported whole, not only their first fault`() async throws {
    let yaml = """
      nod: a
      limits:
        backlog: 0
        bakclog: 1
      broker: ftp://x
      log:
        format: xml
      """
    let flags = CommandLineOverrides.make { $0.listen = ["nowhere"] }
    let problems = try await problems(in: yaml, flags: flags, environment: ["GATEWAY_NOED": "b"])
    #expect(
      problems.map { $0.prefix { $0 != ";" } }.map { $0.split(separator: ": ").dropLast().joined(separator: ": ") } == [
        "gateway.yaml:1: nod", "gateway.yaml:3: limits.backlog", "gateway.yaml:4: limits.bakclog",
        "gateway.yaml:5: broker.url", "gateway.yaml:7: log.format", "GATEWAY_NOED", "--listen",
      ])
  }

  @Test func `that cannot be read say so`() async throws {
    try await withTemporaryDirectory { directory in
      let path = directory + "/gateway.yaml"
      #expect(throws: SettingsError.fileUnreadable(path: path, reason: missing)) {
        try GatewayConfiguration.load(file: path, environment: [:])
      }
      #expect(throws: SettingsError.self) { try GatewayConfiguration.load(file: directory, environment: [:]) }
    }
  }

  @Test(arguments: [("a: b\n\tc: d", 2), ("node: 'open", 1), ("node: a\n---\nnode: b", 2), ("node: *nothing", 1)])
  func `that are not YAML say where`(_ yaml: String, _ line: Int) async throws {
    let found = try await problems(in: yaml)
    #expect(found.count == 1)
    #expect(found.allSatisfy { $0.hasPrefix("gateway.yaml:\(line): it is not YAML: ") }, "\(found)")
  }

  @Test func `that are not UTF-8 say so`() async throws {
    try await withTemporaryDirectory { directory in
      let path = directory + "/gateway.yaml"
      try Data([0x61, 0x3a, 0xff]).write(to: URL(filePath: path))
      #expect(throws: SettingsError.fileUnreadable(path: path, reason: "it is not UTF-8; allowed: text in UTF-8")) {
        try GatewayConfiguration.load(file: path, environment: [:])
      }
    }
  }

  private let missing = "there is no such file; allowed: a file, or no --config at all"
}

extension CommandLineOverrides {
  /// Nothing said, but for what `change` says.
  static func make(_ change: (inout CommandLineOverrides) -> Void) -> CommandLineOverrides {
    var flags = CommandLineOverrides()
    change(&flags)
    return flags
  }
}
