import FoundationEssentials
import Glibc
import Model
import Platform

/// The journal of STATE/last-seen as it is read: the last line of each device counts.
struct LastSeenJournal {
  static let name = "last-seen"
  /// A gateway begins.
  static let started = "#started"
  /// The gateway lives, and with it the connections that have no end.
  static let alive = "#alive"

  private let bytes: [UInt8]
  /// Where each device's last line is, and in which run of a gateway it was written.
  private var last: [DeviceID: (line: Range<Int>, run: Int)] = [:]
  /// When each run of a gateway gave its last sign of life.
  private var alive: [Date] = [.distantPast]

  /// Reads the file at `path`; nil if there is none. Lines that make no sense are left out: what is lost with them is
  /// when a device was seen, and it says so again when it connects.
  ///
  /// - Throws: ``StorageError/system(_:)``.
  static func read(_ path: String, only device: DeviceID? = nil) throws(StorageError) -> LastSeenJournal? {
    do throws(InputFileError) {
      return LastSeenJournal(try contents(of: path), only: device)
    } catch {
      switch error {
      case .system(let cause) where cause.code == ENOENT || cause.code == ENOTDIR: return nil
      case .system(let cause): throw .system(cause)
      case .notRegular, .leadsOutside: throw .system(SystemError("read \(path): it is no file", code: EINVAL))
      }
    }
  }

  private init(_ bytes: [UInt8], only device: DeviceID?) {
    self.bytes = bytes
    let beginning = device.map { Array("\($0)\t".utf8) } ?? []
    var start = 0
    // What follows the last newline is a line that a kill cut short, or nothing.
    while let end = bytes[start...].firstIndex(of: 10) {
      take(start..<end, beginning)
      start = end + 1
    }
  }

  private mutating func take(_ range: Range<Int>, _ beginning: [UInt8]) {
    let line = bytes[range]
    if let (isStart, time) = Self.signOfLife(line) {
      if isStart { alive.append(time) } else { alive[alive.count - 1] = time }
    } else if line.starts(with: beginning), let device = LastSeenLine.device(of: line) {
      last[device] = (range, alive.count - 1)
    }
  }

  /// What is known of each device.
  var entries: [DeviceID: LastSeen] {
    var entries: [DeviceID: LastSeen] = [:]
    forEach { entries[$0.device] = $0 }
    return entries
  }

  /// Lends what is known of each device to `body`, one after the other, in no order.
  func forEach(_ body: (LastSeen) -> Void) {
    for (device, (line, run)) in last {
      guard var entry = LastSeenLine(bytes[line], of: device)?.entry(alive: alive[run]) else { continue }
      // Another gateway has started since: whoever was connected then is not any more.
      if entry.end == nil, run < alive.count - 1 { entry.end = .gatewayRestarted }
      body(entry)
    }
  }

  /// How many lines the file at `path` has; 0 if it cannot be read.
  static func lineCount(_ path: String) -> Int {
    guard let file = try? InputFile(path: path) else { return 0 }
    var window = [UInt8](repeating: 0, count: 1 << 20)
    var lines = 0
    // A file that cannot be read to its end is found out when it is read for its entries.
    while let count = try? file.read(into: &window, from: 0), count > 0 {
      lines += window[..<count].count { $0 == 10 }
    }
    return lines
  }

  private static func signOfLife(_ line: ArraySlice<UInt8>) -> (isStart: Bool, Date)? {
    guard line.first == UInt8(ascii: "#") else { return nil }
    let words = line.split(separator: UInt8(ascii: "\t"))
    guard words.count == 2, let time = LastSeenLine.date(words[1]) else { return nil }
    return (words[0].elementsEqual(started.utf8), time)
  }

  private static func contents(of path: String) throws(InputFileError) -> [UInt8] {
    let file = try InputFile(path: path)
    var bytes: [UInt8] = []
    var count = 0
    // A gateway may be adding to it: what comes after this is not waited for.
    while count < file.byteCount {
      bytes.append(contentsOf: repeatElement(0, count: min(file.byteCount - count, 1 << 20)))
      let more = try file.read(into: &bytes, from: count)
      count += more
      bytes.removeSubrange(count...)
      if more == 0 { break }
    }
    return bytes
  }
}
