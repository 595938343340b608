import Control
import Devices
import FoundationEssentials
import Model
import Platform
import SecureServer
import Storage

/// Answers `why`: from the chronicle, the table of devices and the store on disk.
struct WhyDesk: Sendable {
  let chronicle: Chronicle
  let diagnosis: Diagnosis
  let floor: SessionFloor
  /// Where the store lies.
  let state: String

  /// What is known of `subject`: a device's id, an identity (as text, or in hex behind `0x`) or an address.
  ///
  /// - Throws: ``ControlRejection/notFound(_:)``; `StorageError`.
  func report(on subject: String) async throws -> WhyReport {
    await chronicle.takeNotes(floor.table)
    let table = floor.table
    // Whatever is no valid id is no device's.
    let id = try? DeviceID(subject)
    if let id, let device = table.device(id) { return try await report(on: device.id, exists: true) }
    let identity = Self.identity(subject)
    if let match = table.credential(for: identity.span) { return try await report(on: match.device.id, exists: true) }
    if let address = IPAddress(subject) { return await report(on: address) }
    let outcomes = await chronicle.outcomes(ofIdentity: identity)
    if !outcomes.isEmpty { return report(onIdentity: subject, outcomes) }
    if let id, try await lastSeen(id) != nil { return try await report(on: id, exists: false) }
    throw ControlRejection.notFound(
      "nothing is known of '\(subject)': no device has this id or identity, and nobody has presented it lately")
  }

  private func report(on device: DeviceID, exists: Bool) async throws -> WhyReport {
    let record = await chronicle.record(of: device)
    var last = record.last
    if last == nil { last = try await lastSeen(device) }
    var report = WhyReport(.device, device.name, summary: "", outcomes: record.outcomes.map { told($0, device) })
    report.online = record.isOnline
    report.lastConnection = last.map { WhyReport.Connection($0, isOnline: record.isOnline) }
    if let address = last?.address {
      let nearby = await chronicle.outcomes(ofAddress: address).filter { $0.identity == nil }
      if !nearby.isEmpty { report.nearby = nearby.map { told($0) } }
    }
    report.summary = report.summaryOfDevice(exists: exists)
    return report
  }

  private func report(on address: IPAddress) async -> WhyReport {
    let outcomes = await chronicle.outcomes(ofAddress: address.description).map { told($0) }
    let summary = outcomes.first?.sentence ?? "no handshake from this address has been refused lately"
    return WhyReport(.address, address.description, summary: summary, outcomes: outcomes)
  }

  private func report(onIdentity subject: String, _ outcomes: [Outcome]) -> WhyReport {
    let all = outcomes.map { told($0) }
    return WhyReport(.identity, subject, summary: all.first?.sentence ?? "", outcomes: all)
  }

  private func told(_ outcome: Outcome, _ device: DeviceID? = nil) -> WhyReport.Outcome {
    var told = WhyReport.Outcome(
      outcome: outcome.word, text: diagnosis.text(of: outcome, device), count: outcome.count, first: outcome.first,
      last: outcome.last, address: outcome.address)
    told.identityHex = outcome.identity.map(Hexadecimal.text)
    told.offeredVersions = outcome.offer?.versionNames
    told.offeredSuites = outcome.offer?.cipherSuiteNames
    return told
  }

  /// Read off the event loops: the store may be large.
  @concurrent private func lastSeen(_ device: DeviceID) async throws -> LastSeen? {
    try LastSeen.read(of: device, fromState: state)
  }

  private static func identity(_ subject: String) -> [UInt8] {
    guard subject.hasPrefix("0x") else { return Array(subject.utf8) }
    return Hexadecimal.bytes(subject.dropFirst(2)) ?? Array(subject.utf8)
  }
}

extension Outcome {
  /// `connected`, or the reason's name.
  fileprivate var word: String {
    switch result {
    case .connected: "connected"
    case .refused(let reason): reason.name
    }
  }
}

extension WhyReport.Connection {
  fileprivate init(_ last: LastSeen, isOnline: Bool) {
    self.init(
      since: last.connectedAt, seen: isOnline ? .now : last.seenAt, end: last.end?.rawValue, address: last.address,
      tls: last.tlsVersion, cipher: last.cipherSuite, identityHex: Hexadecimal.text(last.identity),
      nextKey: last.provedNextKey)
  }
}

extension WhyReport.Outcome {
  /// All of it in one line.
  fileprivate var sentence: String {
    let times = count == 1 ? "" : ", \(count) times"
    return "\(text) (from \(address)\(times), last \(last.formatted(.iso8601)))"
  }
}

extension WhyReport {
  /// How the device is, and what stands in its way if something does.
  fileprivate func summaryOfDevice(exists: Bool) -> String {
    let gone = exists ? "" : "no longer in devices.d; "
    let state =
      switch (online == true, lastConnection) {
      case (true, let last?): "online since \(last.since.formatted(.iso8601)) from \(last.address), \(last.tls)"
      case (false, let last?):
        "offline since \(last.seen.formatted(.iso8601))\(last.end.map { " (\($0))" } ?? ""), last from \(last.address)"
      case (_, nil): "never seen"
      }
    let trouble = outcomes.first { $0.outcome != "connected" } ?? nearby?.first
    guard let trouble, online != true, trouble.last >= lastConnection?.since ?? .distantPast else {
      return gone + state
    }
    return "\(gone)\(state); refused: \(trouble.sentence)"
  }
}
