import NIOConcurrencyHelpers

/// Session tickets (RFC 8446 §2.2, RFC 5077), and the keys that they are encrypted with.
///
/// A client with a ticket resumes its session without proving its key anew. The pre-shared key's identity travels in the
/// ticket and is asked about again, so that a device whose key was revoked or changed cannot resume. The keys change by
/// themselves. An application that keeps ``exported()`` across a restart, as a secret, spares its clients new
/// handshakes; servers that share one object, or its export, take each other's tickets.
public final class SessionTickets: Sendable {
  /// No ticket is good for longer: 7 days (RFC 8446 §4.6.1).
  public static let maximumLifetime = Duration.seconds(7 * 86_400)
  /// More keys are not kept: the oldest, and the tickets under it, go first.
  private static let maximumCount = 32
  /// By how many seconds clocks may differ, of several servers or of one that was set back.
  static let clockSkew: Int64 = 300
  private static let magic = Array("ticket keys 1\n".utf8)

  /// How long after its full handshake a session can be resumed.
  public let lifetime: Duration
  /// How long a key encrypts; it decrypts for ``lifetime`` longer, and is wiped then.
  public let rotationInterval: Duration
  private let onRotation: @Sendable (SessionTickets) -> Void
  private let now: @Sendable () -> Int64
  private let keys: NIOLockedValueBox<[SessionTicketKey]>

  /// Tickets, under a new key or under the keys of an earlier run.
  ///
  /// - Parameters:
  ///   - lifetime: how long after its full handshake a session can be resumed; 1 second to 7 days.
  ///   - rotationInterval: how long a key encrypts; 1 second to 7 days.
  ///   - export: what ``exported()`` gave; keys that have expired since are left out.
  ///   - onRotation: called after a new key was made, by whichever thread needed it, perhaps an event loop: the
  ///     moment to keep ``exported()``.
  /// - Throws: ``SecureServerError/invalidSetting(_:reason:)``.
  public convenience init(
    lifetime: Duration = .seconds(86_400), rotationInterval: Duration = .seconds(43_200),
    restoring export: [UInt8]? = nil, onRotation: @escaping @Sendable (SessionTickets) -> Void = { _ in }
  ) throws(SecureServerError) {
    try self.init(lifetime, rotationInterval, export, onRotation) { WallClock.seconds }
  }

  init(
    _ lifetime: Duration, _ rotationInterval: Duration, _ export: [UInt8]?,
    _ onRotation: @escaping @Sendable (SessionTickets) -> Void, now: @escaping @Sendable () -> Int64
  ) throws(SecureServerError) {
    for (name, value) in [("lifetime", lifetime), ("rotationInterval", rotationInterval)]
    where value < .seconds(1) || value > Self.maximumLifetime {
      throw .invalidSetting("sessionTickets.\(name)", reason: "\(value) is not between 1 second and 7 days")
    }
    self.lifetime = lifetime
    self.rotationInterval = rotationInterval
    self.onRotation = onRotation
    self.now = now
    keys = NIOLockedValueBox(try export.map { bytes throws(SecureServerError) in try Self.keys(from: bytes) } ?? [])
  }

  /// The keys as bytes, for ``init(lifetime:rotationInterval:restoring:onRotation:)``. Whoever has them can decrypt the
  /// sessions of TLS 1.2 clients, and resume in any client's name: keep them like a private key.
  public func exported() -> [UInt8] {
    _ = current()
    return keys.withLockedValue { keys in keys.reduce(into: Self.magic) { $0 += $1.exported } }
  }

  /// Encrypts under a new key from now on.
  public func rotate() {
    keys.withLockedValue { keys in _ = add(to: &keys) }
    onRotation(self)
  }

  /// The seconds since 1970.
  var time: Int64 { now() }

  /// The key to encrypt with.
  func current() -> SessionTicketKey {
    let (key, isNew) = keys.withLockedValue { keys in
      removeExpired(from: &keys)
      if let newest = keys.first, time < newest.createdAt &+ rotationInterval.components.seconds {
        return (newest, false)
      }
      return (add(to: &keys), true)
    }
    if isNew { onRotation(self) }
    return key
  }

  /// The key of a ticket by its name, and whether new tickets are under another one.
  func key(named name: ArraySlice<UInt8>) -> (key: SessionTicketKey, isOld: Bool)? {
    keys.withLockedValue { keys in
      removeExpired(from: &keys)
      guard let index = keys.firstIndex(where: { $0.name[...] == name }) else { return nil }
      return (keys[index], index > 0)
    }
  }

  private func add(to keys: inout [SessionTicketKey]) -> SessionTicketKey {
    removeExpired(from: &keys)
    let key = SessionTicketKey(createdAt: time)
    keys.insert(key, at: 0)
    if keys.count > Self.maximumCount { keys.removeLast(keys.count - Self.maximumCount) }
    return key
  }

  private func removeExpired(from keys: inout [SessionTicketKey]) {
    let age = rotationInterval.components.seconds + lifetime.components.seconds
    keys.removeAll { $0.createdAt &+ age <= time || $0.createdAt > time &+ Self.clockSkew }
  }

  private static func keys(from export: [UInt8]) throws(SecureServerError) -> [SessionTicketKey] {
    guard export.starts(with: magic), (export.count - magic.count).isMultiple(of: SessionTicketKey.exportedCount)
    else { throw .invalidSetting("sessionTickets.restoring", reason: "this is no export of ticket keys") }
    let count = min(maximumCount, (export.count - magic.count) / SessionTicketKey.exportedCount)
    return (0..<count).map { index in
      let start = magic.count + index * SessionTicketKey.exportedCount
      return SessionTicketKey(exported: export[start..<(start + SessionTicketKey.exportedCount)])
    }
  }
}

/// One key for tickets: AES-256-CBC, then HMAC with SHA-256 (RFC 5077 §4).
struct SessionTicketKey: Sendable {
  static let nameCount = 16
  static let cipherCount = 32
  static let exportedCount = 8 + nameCount + 2 * cipherCount

  /// Seconds since 1970.
  let createdAt: Int64
  /// What a ticket begins with.
  let name: [UInt8]
  /// 32 bytes for the cipher, 32 for the HMAC.
  let secret: Secret

  init(createdAt: Int64) {
    self.createdAt = createdAt
    name = Secret(randomCount: Self.nameCount).copied
    secret = Secret(randomCount: 2 * Self.cipherCount)
  }

  init(exported bytes: ArraySlice<UInt8>) {
    createdAt = bytes.prefix(8).reduce(0) { $0 << 8 | Int64($1) } & .max
    name = Array(bytes.dropFirst(8).prefix(Self.nameCount))
    let key = bytes.dropFirst(8 + Self.nameCount)
    secret = Secret(copying: key.span)
  }

  var exported: [UInt8] {
    let time = stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: createdAt >> $0) }
    return time + name + secret.copied
  }
}
