import FoundationEssentials
import Model

/// One line of the journal: a device and what is known of it, the times in milliseconds since 1970, the identity in hex,
/// with tabs in between.
///
///     ID CONNECTED SEEN END ADDRESS TLS CIPHER current|next IDENTITY
///
/// SEEN and END are empty while the connection lasts. Lines that start with `#` are signs of life of the gateway.
struct LastSeenLine {
  private static let tab = UInt8(ascii: "\t")
  private static let newline = UInt8(ascii: "\n")
  private static let fieldCount = 9

  /// The device's id.
  let device: DeviceID
  private let fields: [ArraySlice<UInt8>]

  /// Takes a line of `device` apart; nil if it is none of ours.
  init?(_ line: ArraySlice<UInt8>, of device: DeviceID) {
    self.device = device
    fields = line.split(separator: Self.tab, omittingEmptySubsequences: false)
    guard fields.count == Self.fieldCount else { return nil }
  }

  /// Ends a line that a kill or a full disk cut short, so that it is none.
  static let spoiler = "!\n"

  /// Whose line it is; nil if it is none of ours, or not whole.
  static func device(of line: ArraySlice<UInt8>) -> DeviceID? {
    guard line.last != UInt8(ascii: "!"), line.count(where: { $0 == tab }) == fieldCount - 1,
      let end = line.firstIndex(of: tab), let name = text(line[..<end])
    else { return nil }
    // Whatever is no id is no line of ours.
    return try? DeviceID(name)
  }

  /// What the line says; nil if its fields make no sense. What has no end was last seen at `alive`.
  func entry(alive: Date) -> LastSeen? {
    guard let connected = Self.date(fields[1]), let address = Self.text(fields[4]), let tls = Self.text(fields[5]),
      let cipher = Self.text(fields[6]), let identity = Self.bytes(fields[8])
    else { return nil }
    var entry = LastSeen(
      device: device, connectedAt: connected, address: address, tlsVersion: tls, cipherSuite: cipher,
      identity: identity, provedNextKey: fields[7].elementsEqual("next".utf8))
    entry.end = Self.text(fields[3]).flatMap(OfflineReason.init)
    entry.seenAt = Self.date(fields[2]) ?? max(connected, alive)
    return entry
  }

  /// Adds the line of `entry`, with its newline, to `bytes`.
  static func append(_ entry: LastSeen, to bytes: inout [UInt8]) {
    append(entry.device.name, to: &bytes)
    append(String(milliseconds(entry.connectedAt)), to: &bytes)
    append(entry.end == nil ? "" : String(milliseconds(entry.seenAt)), to: &bytes)
    append(entry.end?.rawValue ?? "", to: &bytes)
    append(entry.address, to: &bytes)
    append(entry.tlsVersion, to: &bytes)
    append(entry.cipherSuite, to: &bytes)
    append(entry.provedNextKey ? "next" : "current", to: &bytes)
    for byte in entry.identity {
      bytes.append(digit(byte >> 4))
      bytes.append(digit(byte & 15))
    }
    bytes.append(newline)
  }

  /// A field and its end; what would end it early is left out.
  private static func append(_ field: String, to bytes: inout [UInt8]) {
    var field = field
    field.withUTF8 { text in
      if unsafe text.contains(where: { $0 < 0x20 }) {
        unsafe bytes += text.filter { $0 >= 0x20 }
      } else {
        unsafe bytes.append(contentsOf: text)
      }
    }
    bytes.append(tab)
  }

  // MARK: Fields

  static func milliseconds(_ date: Date) -> Int { Int((date.timeIntervalSince1970 * 1000).rounded()) }

  static func date(_ field: ArraySlice<UInt8>) -> Date? {
    // Fifteen digits reach the year 33658; more would be no time.
    guard (1...15).contains(field.count), field.allSatisfy({ (48...57).contains($0) }),
      let number = text(field).flatMap({ Int($0) })
    else { return nil }
    return Date(timeIntervalSince1970: Double(number) / 1000)
  }

  private static func text(_ field: ArraySlice<UInt8>) -> String? { String(validating: field, as: UTF8.self) }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }

  private static func bytes(_ field: ArraySlice<UInt8>) -> [UInt8]? {
    guard field.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(field.count / 2)
    for index in stride(from: field.startIndex, to: field.endIndex, by: 2) {
      guard let high = value(of: field[index]), let low = value(of: field[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case 48...57: digit - 48
    case 97...102: digit - 87
    default: nil
    }
  }
}
