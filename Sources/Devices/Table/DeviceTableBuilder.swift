import Model

/// Puts together what the files say: each identity and each id goes to one device.
struct DeviceTableBuilder {
  /// Who got what.
  struct Result {
    /// The devices with a file each that can be found.
    var devices: [DeviceRecord] = []
    /// The bundles' entries that can be found.
    var bundled: DeviceIndex
    /// What the others claim.
    var contested: Contested
    var log: ProblemLog
  }

  private let last: DeviceTable
  private var index: DeviceIndex
  private var contested = Contested()
  private var log: ProblemLog

  /// Puts together the contents of the files, which are sorted by name.
  ///
  /// Of two that claim an identity or an id, the one that holds it in `last` keeps it, else the first; both are reported.
  /// But a device's own file always goes before a bundle's line with its id.
  static func build(
    _ contents: [FileReading.Contents], keeping last: DeviceTable, _ log: ProblemLog
  ) -> Result {
    var records = DeviceRecords()
    for case .device(let device) in contents { records.append(device) }
    for case .bundle(let bundle) in contents { records.append(bundle) }
    var builder = DeviceTableBuilder(last: last, index: DeviceIndex(records), log: log)
    for place in builder.placesInOrder(of: contents) { builder.admit(place) }
    builder.gatherRefused()
    builder.retryWithLastGoodRecords()
    let index = builder.index
    let admitted = index.records.devices.indices.filter(index.isAdmitted).map { index.records.devices[$0] }
    return Result(
      devices: admitted, bundled: index.withoutDevices, contested: builder.contested, log: builder.log)
  }

  /// The devices' places in the order in which the files and lines name them.
  private func placesInOrder(of contents: [FileReading.Contents]) -> some Sequence<Int> {
    var (device, entry) = (0, index.records.devices.count)
    let ranges = contents.map { contents in
      switch contents {
      case .device:
        device += 1
        return device - 1..<device
      case .bundle(let bundle):
        entry += bundle.entries.count
        return entry - bundle.entries.count..<entry
      }
    }
    return ranges.joined()
  }

  private mutating func admit(_ place: Int) {
    let conflicts = conflicts(of: place)
    if let lost = conflicts.first(where: { !outranks(place, $0.rival, $0.claim) }) {
      report(lost.claim, winner: lost.rival, loser: place)
      return
    }
    for conflict in conflicts where index.isAdmitted(conflict.rival) {
      report(conflict.claim, winner: place, loser: conflict.rival)
      index.displace(conflict.rival)
    }
    index.admit(place)
  }

  private mutating func gatherRefused() {
    guard index.count < index.records.count else { return }
    for place in 0..<index.records.count where !contested.isEverywhere && !index.isAdmitted(place) {
      if let device = device(place) { contested.add(device) }
    }
  }

  /// A device whose file asks for what is another's keeps what it had.
  private mutating func retryWithLastGoodRecords() {
    for place in index.records.devices.indices where !index.isAdmitted(place) {
      let refused = index.records.devices[place].device
      guard let good = last.parts.devices[refused.id], good.device.source?.path == refused.source?.path else {
        continue
      }
      index.replaceDevice(at: place, with: good)
      if conflicts(of: place).isEmpty { index.admit(place) }
    }
  }
}

/// Who may have what two devices claim.
extension DeviceTableBuilder {
  /// What one device only can have.
  private enum Claim {
    case identity([UInt8])
    case id(DeviceID)
  }

  /// The claims of a device that others hold already.
  private func conflicts(of place: Int) -> [(claim: Claim, rival: Int)] {
    let number = index.records.number(ofPlace: place)
    var conflicts: [(claim: Claim, rival: Int)] = []
    index.records.withIdentity(of: number) { identity in
      if let rival = index.number(ofIdentity: identity) {
        conflicts.append((.identity(identity.array), index.records.place(of: rival)))
      }
    }
    if let rival = index.number(ofIDOf: number), let id = index.records.device(of: number)?.id {
      conflicts.append((.id(id), index.records.place(of: rival)))
    }
    if case .device(let device, _) = index.records.location(of: number),
      let next = index.records.devices[device].device.next,
      let rival = index.number(ofIdentity: next.identity.span)
    {
      conflicts.append((.identity(next.identity), index.records.place(of: rival)))
    }
    return conflicts
  }

  /// Whether a device takes what another has. A file of its own always outranks a bundle's line of the same id: that is how
  /// an entry becomes a file, first the one, then the other.
  private func outranks(_ place: Int, _ rival: Int, _ claim: Claim) -> Bool {
    if isFile(place, outranking: rival) { return true }
    return !isFile(rival, outranking: place) && rank(place, claim) > rank(rival, claim)
  }

  private func isFile(_ place: Int, outranking rival: Int) -> Bool {
    guard place < index.records.devices.count, rival >= index.records.devices.count else { return false }
    return device(rival)?.id == index.records.devices[place].device.id
  }

  /// How strong a device's claim is: 2 if it holds it in the last table with this key or in a file of its own, 1 if
  /// another line of its bundle does, else 0.
  private func rank(_ place: Int, _ claim: Claim) -> Int {
    guard let device = device(place), let source = device.source else { return 0 }
    let holder =
      switch claim {
      case .identity(let identity): last.credential(for: identity.span)?.device
      case .id(let id): last.device(id)
      }
    guard let holder, holder.source?.path == source.path else { return 0 }
    return source.kind == .file || holder.key.isEqual(to: device.key) ? 2 : 1
  }

  private mutating func report(_ claim: Claim, winner: Int, loser: Int) {
    guard let winner = device(winner), let loser = device(loser),
      let (kept, refused) = winner.source.flatMap({ kept in loser.source.map { (kept, $0) } })
    else { return }
    if kept.kind == .file, refused.kind == .bundle, winner.id == loser.id {
      log.report(
        .warning, path: refused.path, line: refused.line,
        "device '\(loser.id)' has a file of its own (\(kept)), which is in force: remove this line")
      return
    }
    let what =
      switch claim {
      case .identity(let identity): "identity '\(Credential.display(identity))'"
      case .id(let id): "id '\(id)'"
      }
    log.report(
      .error, path: refused.path, line: refused.line,
      "\(what) is that of device '\(winner.id)' (\(kept)), which keeps it: each is for one device")
    log.report(
      .warning, path: kept.path, line: kept.line,
      "\(what) is claimed by device '\(loser.id)' (\(refused)) as well, which is refused")
  }

  private func device(_ place: Int) -> Device? {
    index.records.device(of: index.records.number(ofPlace: place))
  }
}
