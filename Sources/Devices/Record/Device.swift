public import FoundationEssentials
public import Model

/// One device of devices.d: what it presents, what proves it, and what it may do.
public struct Device: Sendable, Identifiable {
  /// Its name in topics, files, logs and metrics.
  public var id: DeviceID
  /// What it presents in the handshake and the key that goes with it.
  public var credential: Credential
  /// A rotation under way: the credential that takes over. Its identity may be that of ``credential``.
  public var next: Credential?
  /// When ``next`` came; nil where its file does not say.
  public var nextSince: Date?
  /// Whether it may connect.
  public var isEnabled = true
  /// What it speaks inside TLS.
  public var `protocol` = DeviceProtocol.auto
  /// Which version of TLS its key is for.
  public var tls = TLSRequirement.any
  /// The source addresses that may use it; empty: any.
  public var from: [AddressRange] = []
  /// Whether connections share its identity.
  public var sessions = SessionPolicy.one
  /// For selection and policy.
  public var labels: [String: String] = [:]
  /// How its topics become the broker's; nil: as configured.
  public var topics: TopicNaming?
  /// The topics that it may publish to, where `%i` stands for its id; nil: as configured.
  public var publish: [TopicFilter]?
  /// The topics that it may subscribe to, where `%i` stands for its id; nil: as configured.
  public var subscribe: [TopicFilter]?
  /// How much it may send.
  public var quota = Quota()
  /// Lines and frames: whether each message is answered with `OK n` or `ERR reason`.
  public var ack = false
  /// How it comes by new credentials.
  public var rotation = RotationMethod.manual
  /// Whether a key shorter than ``PresharedKey/minimumLength`` is let in.
  public var acceptsWeakKey = false
  /// Where it was read; nil for one that was made in memory.
  public var source: Source?

  /// Makes an enabled device with every other field at its default.
  ///
  /// - Parameters:
  ///   - id: its name.
  ///   - identity: what it presents, 1 to 256 bytes; by default the id.
  ///   - key: the pre-shared key.
  public init(id: DeviceID, identity: [UInt8]? = nil, key: SecretBytes) {
    self.id = id
    credential = Credential(identity: identity ?? Array(id.name.utf8), key: key)
  }

  /// What it presents in the handshake.
  public var identity: [UInt8] { credential.identity }
  /// The key that goes with ``identity``.
  public var key: SecretBytes { credential.key }
}
