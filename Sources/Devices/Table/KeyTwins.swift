/// Keys that more than one credential has: whoever takes one device apart can be the other.
enum KeyTwins {
  /// Adds a warning to `log` for each credential whose key an earlier one has.
  static func report(in index: DeviceIndex, _ log: ProblemLog) -> ProblemLog {
    var log = log
    let records = index.records
    var keys = HashIndex(capacity: records.count + records.devices.count)
    for place in 0..<records.count where index.isAdmitted(place) {
      for number in numbers(ofPlace: place, in: records) {
        let hash = records.withKey(of: number, HashIndex.hash)
        let twin = keys.find(hash) { other in
          records.withKey(of: other) { key in records.withKey(of: number) { $0.isEqual(to: key) } }
        }
        guard let twin else {
          keys.insert(number, hash: hash)
          continue
        }
        report(number, twin, in: records, &log)
      }
    }
    return log
  }

  private static func numbers(ofPlace place: Int, in records: DeviceRecords) -> ClosedRange<UInt32> {
    let number = records.number(ofPlace: place)
    let hasNext = place < records.devices.count && records.devices[place].next != nil
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
