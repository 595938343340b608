import Model

/// What became of handshakes lately: by device, by identities that no device has, and by address.
///
/// What unauthenticated peers bring about is kept apart from what devices do, and every part is bounded, so that the one
/// neither fills memory nor makes the other forgotten. 10,000 outcomes take some 5 MB.
struct History: Sendable {
  private var connections = OutcomeBook<DeviceID>(maximumKeys: 10_000, maximumOutcomes: 20_000)
  private var refusals = OutcomeBook<DeviceID>(maximumKeys: 10_000, maximumOutcomes: 20_000)
  private var identities = OutcomeBook<[UInt8]>(maximumKeys: 1000, maximumOutcomes: 5000)
  private var addresses = OutcomeBook<String>(maximumKeys: 1000, maximumOutcomes: 5000)

  /// A device has connected.
  mutating func add(_ connection: DeviceConnection) {
    connections.add(Outcome(connection), of: connection.device)
  }

  /// A handshake was refused; `device` is the one whose identity it presented.
  mutating func add(_ outcome: Outcome, of device: DeviceID?) {
    if let device { refusals.add(outcome, of: device) }
    if device == nil, let identity = outcome.identity { identities.add(outcome, of: identity) }
    if !outcome.address.isEmpty { addresses.add(outcome, of: outcome.address) }
  }

  /// The last 20 outcomes of `device`, the latest first.
  func outcomes(of device: DeviceID) -> [Outcome] {
    let all = connections.outcomes(of: device) + refusals.outcomes(of: device)
    return Array(all.sorted { $0.last > $1.last }.prefix(20))
  }

  /// The last outcomes of an identity that no device has, the latest first.
  func outcomes(ofIdentity identity: [UInt8]) -> [Outcome] { identities.outcomes(of: identity).reversed() }

  /// The last refusals of an address, the latest first.
  func outcomes(ofAddress address: String) -> [Outcome] { addresses.outcomes(of: address).reversed() }
}
