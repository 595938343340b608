public import FoundationEssentials
public import Model

/// When and how a device was last there. It names the identity that was proved, never a key.
public struct LastSeen: Sendable, Equatable {
  /// Which device.
  public var device: DeviceID
  /// When its last connection began.
  public var connectedAt: Date
  /// When it was last known to be connected: the end of its last connection, or the last sign of life of the gateway.
  public var seenAt: Date
  /// Why its last connection ended; nil while no end is known.
  public var end: OfflineReason?
  /// Where it came from, without the port.
  public var address: String
  /// The version of TLS, as OpenSSL names it.
  public var tlsVersion: String
  /// The cipher suite, as OpenSSL names it.
  public var cipherSuite: String
  /// What it presented.
  public var identity: [UInt8]
  /// Whether it proved the key that a rotation brings, and not the one before.
  public var provedNextKey: Bool

  /// A connection that has not ended.
  ///
  /// - Parameters:
  ///   - device: which device.
  ///   - connectedAt: when the connection began.
  ///   - address: where it came from, without the port.
  ///   - tlsVersion: the version of TLS, as OpenSSL names it.
  ///   - cipherSuite: the cipher suite, as OpenSSL names it.
  ///   - identity: what was presented.
  ///   - provedNextKey: whether the key was the one that a rotation brings.
  public init(
    device: DeviceID, connectedAt: Date, address: String, tlsVersion: String, cipherSuite: String, identity: [UInt8],
    provedNextKey: Bool = false
  ) {
    self.device = device
    self.connectedAt = connectedAt
    seenAt = connectedAt
    self.address = address
    self.tlsVersion = tlsVersion
    self.cipherSuite = cipherSuite
    self.identity = identity
    self.provedNextKey = provedNextKey
  }
}

extension LastSeen {
  /// What the store of the state directory at `path` knows, by device; nil if there is none. It can be read without a
  /// gateway, and beside one that runs.
  ///
  /// - Throws: ``StorageError/system(_:)``.
  public static func read(fromState path: String) throws(StorageError) -> [DeviceID: LastSeen]? {
    try LastSeenJournal.read(path + "/" + LastSeenJournal.name)?.entries
  }

  /// Likewise what is known of one device; nil if nothing is.
  ///
  /// - Throws: ``StorageError/system(_:)``.
  public static func read(of device: DeviceID, fromState path: String) throws(StorageError) -> LastSeen? {
    try LastSeenJournal.read(path + "/" + LastSeenJournal.name, only: device)?.entries[device]
  }
}
