import Model
import NIOConcurrencyHelpers

/// Keys that more than one credential has: whoever takes one device apart can be the other. They are looked for when
/// somebody asks for the first time, once for all tables that share this object.
final class KeyTwins: Sendable {
  private struct Found {
    let log: ProblemLog
    /// Entries of the bundles, by the hash of the key.
    let entries: HashIndex
  }

  private let found = NIOLockedValueBox<Found?>(nil)

  /// A warning for each credential whose key an earlier one has. `table` is one of those that share this object.
  func log(of table: DeviceTable) -> ProblemLog {
    found.withLockedValue { found in
      let current = found ?? Self.search(table)
      found = current
      return current.log
    }
  }

  /// Whether these twins are those of a table with another `bundled` part as well.
  func mayConcern(_ record: DeviceRecord, beside bundled: DeviceIndex) -> Bool {
    guard bundled.count > 0 else { return false }
    guard let found = found.withLockedValue({ $0 }) else { return true }
    return [record.device.key, record.device.next?.key].compactMap(\.self).contains { key in
      key.withBytes { bundled.hasKey($0, in: found.entries, HashIndex.hash($0)) }
    }
  }

  private static func search(_ table: DeviceTable) -> Found {
    let bundled = table.parts.bundled
    var records = DeviceRecords()
    for record in table.parts.devices.sorted { records.append(record) }
    for bundle in bundled.records.bundles { records.append(bundle) }
    var log = ProblemLog(limit: table.parts.directoryLog.limit)
    let devices = records.devices.count
    var keys = HashIndex(capacity: records.count + devices)
    // Numbered as in `bundled`, which has no devices.
    let firstEntry = UInt32(2 * devices)
    var entries = HashIndex(capacity: bundled.count)
    for place in 0..<records.count where place < devices || bundled.isAdmitted(place - devices) {
      for number in numbers(ofPlace: place, in: records) {
        let hash = records.withKey(of: number, HashIndex.hash)
        let twin = keys.find(hash) { other in
          records.withKey(of: other) { key in records.withKey(of: number) { $0.isEqual(to: key) } }
        }
        if place >= devices, twin.map({ $0 < firstEntry }) ?? true {
          let entry = number - firstEntry
          // Of many with one key, one is enough.
          if twin == nil || !bundled.hasKey(of: entry, in: entries, hash) { entries.insert(entry, hash: hash) }
        }
        guard let twin else {
          keys.insert(number, hash: hash)
          continue
        }
        report(number, twin, in: records, &log)
      }
    }
    return Found(log: log, entries: entries)
  }

  private static func numbers(ofPlace place: Int, in records: DeviceRecords) -> ClosedRange<UInt32> {
    let number = records.number(ofPlace: place)
    let hasNext = place < records.devices.count && records.devices[place].device.next != nil
    return number...(hasNext ? number + 1 : number)
  }

  private static func report(_ number: UInt32, _ twin: UInt32, in records: DeviceRecords, _ log: inout ProblemLog) {
    guard let device = records.device(of: number), let source = device.source else { return }
    log.report(.warning, path: source.path, line: source.line, message(device, records.device(of: twin)))
  }

  private static func message(_ device: Device, _ twin: Device?) -> String {
    guard let twin, let source = twin.source, twin.id != device.id else { return "next has the key that is in use" }
    return "the key is that of device '\(twin.id)' (\(source)) as well: each device needs its own"
  }
}

extension DeviceIndex {
  /// Whether one of `entries`, which are numbered as here, has the key.
  fileprivate func hasKey(_ key: Span<UInt8>, in entries: HashIndex, _ hash: Int) -> Bool {
    entries.find(hash) { other in records.withKey(of: other) { $0.isEqual(to: key) } } != nil
  }

  /// Whether one of `entries` has the key of another.
  fileprivate func hasKey(of entry: UInt32, in entries: HashIndex, _ hash: Int) -> Bool {
    records.withKey(of: entry) { hasKey($0, in: entries, hash) }
  }
}
