public import FoundationEssentials

/// What is known of the connections of a device, an identity or an address: the reply to ``ControlRequest/why(_:)``.
public struct WhyReport: Codable, Sendable, Equatable {
  /// What a report is about.
  public enum Kind: String, Codable, Sendable {
    /// A device of devices.d, or one that was there.
    case device
    /// An identity that no device has.
    case identity
    /// An address.
    case address
  }

  /// What it is about.
  public var kind: Kind
  /// The device's id, the identity or the address.
  public var subject: String
  /// How it is, in a sentence.
  public var summary: String
  /// Of a device: whether it is connected.
  public var online: Bool?
  /// Of a device: its last connection.
  public var lastConnection: Connection?
  /// What became of the last handshakes, the newest first.
  public var outcomes: [Outcome]
  /// Of a device: handshakes that came from its last address and named no identity; they may have been its own.
  public var nearby: [Outcome]?

  /// A report without details.
  ///
  /// - Parameters:
  ///   - kind: what it is about.
  ///   - subject: the device's id, the identity or the address.
  ///   - summary: how it is, in a sentence.
  ///   - outcomes: what became of the last handshakes, the newest first.
  public init(_ kind: Kind, _ subject: String, summary: String, outcomes: [Outcome] = []) {
    self.kind = kind
    self.subject = subject
    self.summary = summary
    self.outcomes = outcomes
  }

  private enum CodingKeys: String, CodingKey {
    case kind, subject, summary, online, outcomes, nearby
    case lastConnection = "last_connection"
  }
}

extension WhyReport {
  /// A connection that was established.
  public struct Connection: Codable, Sendable, Equatable {
    /// When it began.
    public var since: Date
    /// When it was last known to be there.
    public var seen: Date
    /// Why it ended; nil while no end is known.
    public var end: String?
    /// Where it came from, without the port.
    public var address: String
    /// The version of TLS, as OpenSSL names it.
    public var tls: String
    /// The cipher suite, as OpenSSL names it.
    public var cipher: String
    /// What was presented, in hex.
    public var identityHex: String
    /// Whether the key was the one that a rotation brings.
    public var nextKey: Bool

    /// A connection as it was.
    ///
    /// - Parameters:
    ///   - since: when it began.
    ///   - seen: when it was last known to be there.
    ///   - end: why it ended.
    ///   - address: where it came from, without the port.
    ///   - tls: the version of TLS.
    ///   - cipher: the cipher suite.
    ///   - identityHex: what was presented, in hex.
    ///   - nextKey: whether the key was the one that a rotation brings.
    public init(
      since: Date, seen: Date, end: String?, address: String, tls: String, cipher: String, identityHex: String,
      nextKey: Bool
    ) {
      self.since = since
      self.seen = seen
      self.end = end
      self.address = address
      self.tls = tls
      self.cipher = cipher
      self.identityHex = identityHex
      self.nextKey = nextKey
    }

    private enum CodingKeys: String, CodingKey {
      case since, seen, end, address, tls, cipher
      case identityHex = "identity_hex"
      case nextKey = "next_key"
    }
  }

  /// What became of one or more handshakes that were alike.
  public struct Outcome: Codable, Sendable, Equatable {
    /// `connected`, or the reason for the refusal: `wrongPreSharedKey`, ...
    public var outcome: String
    /// What happened and what to do, in a sentence.
    public var text: String
    /// How often.
    public var count: Int
    /// When it happened first.
    public var first: Date
    /// When it happened last.
    public var last: Date
    /// Where it came from, without the port.
    public var address: String
    /// What was presented, in hex, if it got that far.
    public var identityHex: String?
    /// The versions that the peer offered; only of refusals.
    public var offeredVersions: [String]?
    /// The cipher suites that the peer offered; only of refusals.
    public var offeredSuites: [String]?

    /// An outcome without what the peer offered.
    ///
    /// - Parameters:
    ///   - outcome: `connected`, or the reason for the refusal.
    ///   - text: what happened and what to do.
    ///   - count: how often.
    ///   - first: when it happened first.
    ///   - last: when it happened last.
    ///   - address: where it came from, without the port.
    public init(outcome: String, text: String, count: Int, first: Date, last: Date, address: String) {
      self.outcome = outcome
      self.text = text
      self.count = count
      self.first = first
      self.last = last
      self.address = address
    }

    private enum CodingKeys: String, CodingKey {
      case outcome, text, count, first, last, address
      case identityHex = "identity_hex"
      case offeredVersions = "offered_versions"
      case offeredSuites = "offered_suites"
    }
  }
}
