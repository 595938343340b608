/// What must hold between settings that are each right for themselves.
struct Rule: Sendable {
  /// The keys that it is about, the one to complain about first.
  let keys: [String]
  /// What is wrong when it is broken.
  let reason: String
  /// What would be right.
  let allowed: String
  /// Whether a configuration breaks it.
  let isBroken: @Sendable (GatewayConfiguration) -> Bool
}

extension Rule {
  /// All rules.
  static let all: [Rule] = [
    Rule(
      keys: ["tls.minimum_version", "tls.maximum_version"], reason: "minimum_version is newer than maximum_version",
      allowed: "a minimum_version that is maximum_version or older"
    ) { $0.tls.minimumVersion > $0.tls.maximumVersion },
    Rule(
      keys: ["bridge.backoff_minimum", "bridge.backoff_maximum"],
      reason: "backoff_minimum is longer than backoff_maximum",
      allowed: "a backoff_minimum of at most backoff_maximum"
    ) { $0.bridge.backoffMinimum > $0.bridge.backoffMaximum },
    Rule(
      keys: ["bridge.outbox_bytes", "sessions.maximum_packet", "sessions.maximum_frame", "sessions.maximum_line"],
      reason: "the largest packet, frame or line would never fit",
      allowed: "bridge.outbox_bytes at least as large as sessions.maximum_packet, maximum_frame and maximum_line"
    ) { $0.bridge.outboxBytes < $0.sessions.largestPayload },
    Rule(
      keys: ["spool.maximum_bytes", "sessions.maximum_packet", "sessions.maximum_frame", "sessions.maximum_line"],
      reason: "the largest packet, frame or line would never fit",
      allowed: "spool.maximum_bytes at least as large as sessions.maximum_packet, maximum_frame and maximum_line"
    ) { $0.spool.maximumBytes < $0.sessions.largestPayload },
    Rule(
      keys: ["topics.up", "topics.down", "topics.status", "topics.rejected", "topics.gateway_status"],
      reason: "one topic is another's beginning, so that what is published to one would be taken for the other",
      allowed: "templates of which none starts with another"
    ) { $0.topics.haveOverlap },
    Rule(
      keys: ["broker.password_file"], reason: "there is no broker.user", allowed: "a broker.user with it"
    ) { $0.broker.passwordFile != nil && $0.broker.user == nil },
    Rule(
      keys: ["broker.certificate_file", "broker.key_file"], reason: "certificate_file and key_file go together",
      allowed: "both or neither"
    ) { ($0.broker.certificateFile == nil) != ($0.broker.keyFile == nil) },
    Rule(
      keys: ["broker.psk_identity", "broker.psk_key_file"], reason: "psk_identity and psk_key_file go together",
      allowed: "both or neither"
    ) { ($0.broker.pskIdentity == nil) != ($0.broker.pskKeyFile == nil) },
    Rule(
      keys: ["broker.psk_identity", "broker.psk_key_file"],
      reason: "a key takes the place of certificates, so ca_file and certificate_file would be without effect",
      allowed: "psk_identity without them"
    ) { $0.broker.pskIdentity != nil && ($0.broker.caFile != nil || $0.broker.certificateFile != nil) },
    Rule(
      keys: ["broker.url"], reason: "an mqtt:// URL is not encrypted, but files for TLS are named",
      allowed: "mqtts://, or no ca_file, certificate_file and psk_identity"
    ) { $0.broker.hasCredentialsForTLS && $0.broker.choice.isPartlyPlain },
    Rule(
      keys: ["metrics.listen"], reason: "other machines could reach it, and whoever reaches it may read it",
      allowed: "127.0.0.1:PORT or [::1]:PORT, or metrics.allow_remote: true with it"
    ) { !$0.metrics.allowRemote && $0.metrics.listen?.isLoopback == false },
  ]
}

extension GatewayConfiguration.Sessions {
  /// What one message of a device may hold, in bytes.
  fileprivate var largestPayload: Int { max(maximumPacket, maximumFrame, maximumLine) }
}

extension GatewayConfiguration.Topics {
  /// Whether one of the templates is the beginning of another, or the same.
  fileprivate var haveOverlap: Bool {
    // The ids and NODE may be anything, so a placeholder may equal any level.
    let templates = [up, down, status, rejected, gatewayStatus].map { $0.split(separator: "/") }
    for (index, left) in templates.enumerated() {
      for right in templates[(index + 1)...] {
        let isSame = zip(left, right).allSatisfy { $0 == $1 || $0.hasPrefix("%") || $1.hasPrefix("%") }
        if isSame { return true }
      }
    }
    return false
  }
}

extension GatewayConfiguration.Broker {
  fileprivate var hasCredentialsForTLS: Bool { caFile != nil || certificateFile != nil || pskIdentity != nil }
}

extension GatewayConfiguration.Broker.Choice {
  /// Whether a broker of the operator's is spoken to without TLS.
  fileprivate var isPartlyPlain: Bool {
    switch self {
    case .embedded: false
    case .remote(let addresses): addresses.contains { !$0.usesTLS }
    }
  }
}
