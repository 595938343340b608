import Model

/// The next table, made from the last one and what was found in the files that changed.
struct TableChange {
  /// The directory that was read.
  let directory: String
  /// What the records are before they count; nil leaves one as it is.
  let adjustment: DeviceAdjustment?
  /// How many devices there may be.
  let maximumDevices: Int
  /// What is wrong with the directory itself, in whose files such keys were met.
  let directoryLog: (SealTally) -> ProblemLog

  /// What was found in some files; nil: they are gone.
  typealias Findings = [(name: String, reading: FileReading?)]

  /// The table that has `findings`, and which devices may not be what they were; nil: any.
  ///
  /// Devices that nobody else's claims concern are exchanged, which costs the same whatever the number of the others;
  /// if that is not enough, all claims are decided on anew.
  func apply(_ findings: Findings, to last: DeviceTable) -> (table: DeviceTable, touched: Set<DeviceID>?) {
    var parts = last.parts
    // Another directory's files are no longer there.
    if parts.directory != directory { parts.files = FileReadings() }
    parts.directory = directory
    for (name, reading) in findings { parts.files[name] = reading }
    parts.directoryLog = directoryLog(parts.files.tally)
    if last.parts.directory == directory, let touched = exchange(findings, &parts, last) {
      return (DeviceTable(parts), touched)
    }
    decide(&parts, last)
    return (DeviceTable(parts), nil)
  }

  /// Exchanges single devices.
  ///
  /// - Returns: which; nil, with `parts` in any state, if that is not enough.
  private func exchange(_ findings: Findings, _ parts: inout DeviceTable.Parts, _ last: DeviceTable) -> Set<DeviceID>? {
    guard !parts.contested.isEverywhere, parts.files.deviceCount <= maximumDevices else { return nil }
    var (outgoing, incoming) = ([DeviceRecord](), [DeviceRecord]())
    for (name, reading) in findings {
      let old = last.parts.files[name]?.contents
      guard !Self.changesBundle(old, reading?.contents) else { return nil }
      let held = Self.record(of: name, in: last)
      var wanted: DeviceRecord?
      if case .device(let record) = reading?.contents { wanted = adjusted(record) }
      if case .device(let record) = old, parts.contested.concerns(record) { return nil }
      guard held !== wanted else { continue }
      outgoing += [held].compactMap(\.self)
      incoming += [wanted].compactMap(\.self)
    }
    var hasTwins = false
    for record in outgoing {
      hasTwins = hasTwins || parts.devices.sharesKey(record)
      guard !parts.contested.concerns(record) else { return nil }
      parts.devices.remove(record)
    }
    for record in incoming {
      guard !parts.contested.concerns(record), isFree(record, in: parts) else { return nil }
      parts.devices.insert(record)
      hasTwins = hasTwins || parts.devices.sharesKey(record)
    }
    hasTwins = hasTwins || (outgoing + incoming).contains { parts.twins.mayConcern($0, beside: parts.bundled) }
    if hasTwins { parts.twins = KeyTwins() }
    return Set((outgoing + incoming).map(\.device.id))
  }

  /// Decides anew who gets which identity and id.
  private func decide(_ parts: inout DeviceTable.Parts, _ last: DeviceTable) {
    var log = ProblemLog(limit: parts.directoryLog.limit)
    var (contents, count, isComplete) = ([FileReading.Contents](), 0, true)
    for (name, found) in parts.files.sorted {
      guard count + found.count <= maximumDevices else {
        log.report(
          .error, path: "\(parts.directory)/\(name)", line: 1,
          "brings more than \(maximumDevices) devices in all: not read")
        isComplete = false
        continue
      }
      count += found.count
      if case .device(let record) = found { contents.append(.device(adjusted(record))) } else { contents.append(found) }
    }
    let result = DeviceTableBuilder.build(contents, keeping: last, log)
    parts.devices = last.parts.devices.replaced(by: result.devices)
    if !result.bundled.isSame(as: parts.bundled) { parts.bundled = result.bundled }
    parts.contested = result.contested
    if !isComplete { parts.contested.addAll() }
    parts.log = result.log
    parts.twins = KeyTwins()
  }

  private func adjusted(_ record: DeviceRecord) -> DeviceRecord {
    adjustment?(record.device).map(DeviceRecord.init) ?? record
  }

  private func isFree(_ record: DeviceRecord, in parts: DeviceTable.Parts) -> Bool {
    parts.devices[record.device.id] == nil && parts.bundled.number(ofID: record.device.id) == nil
      && record.identities.allSatisfy {
        parts.devices.holder(of: $0) == nil && parts.bundled.number(ofIdentity: $0.span) == nil
      }
  }

  /// The device that was read from the file `name`.
  private static func record(of name: String, in table: DeviceTable) -> DeviceRecord? {
    // A file whose name is no id never said anything.
    guard name.hasSuffix(DeviceFile.suffix), let id = try? DeviceID(String(name.dropLast(DeviceFile.suffix.count)))
    else { return nil }
    return table.parts.devices[id]
  }

  private static func changesBundle(_ old: FileReading.Contents?, _ new: FileReading.Contents?) -> Bool {
    switch (old, new) {
    case (.bundle(let old), .bundle(let new)): old !== new
    case (.bundle, _), (_, .bundle): true
    default: false
    }
  }
}
