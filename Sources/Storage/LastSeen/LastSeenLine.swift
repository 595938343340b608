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
  private static let fieldCount = 9

  /// The device's id.
  let device: DeviceID
  private let fields: [ArraySlice<UInt8>]

  /// Takes `line` apart; nil if it is none of ours.
  init?(_ line: ArraySlice<UInt8>) {
    fields = line.split(separator: Self.tab, omittingEmptySubsequences: false)
    guard fields.count == Self.fieldCount, let name = Self.text(fields[0]), let device = try? DeviceID(name) else {
      return nil
    }
    self.device = device
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

  /// The line of `entry`, with its newline.
  static func text(of entry: LastSeen) -> String {
    let end = entry.end.map { "\(milliseconds(entry.seenAt))\t\($0.rawValue)" } ?? "\t"
    return """
      \(entry.device)\t\(milliseconds(entry.connectedAt))\t\(end)\t\(clean(entry.address))\t\(clean(entry.tlsVersion))\
      \t\(clean(entry.cipherSuite))\t\(entry.provedNextKey ? "next" : "current")\t\(hexadecimal(entry.identity))\n
      """
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

  private static func clean(_ text: String) -> String { text.filter { $0 != "\t" && !$0.isNewline } }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static func bytes(_ field: ArraySlice<UInt8>) -> [UInt8]? {
    guard field.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in field {
      guard let value = Character(UnicodeScalar(digit)).hexDigitValue.map(UInt8.init) else { return nil }
      if let first = high { bytes.append(first << 4 | value) }
      high = high == nil ? value : nil
    }
    return bytes
  }
}
