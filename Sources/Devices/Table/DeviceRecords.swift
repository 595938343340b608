import Model

/// The records behind a table, and a number for each credential in them.
///
/// Device `d` of the files has the numbers `2d` (its credential in use) and `2d + 1` (the next one); the bundles' entries
/// follow. A device, too, has a number, its *place*: the files' devices first, then the entries.
struct DeviceRecords: Sendable {
  /// The devices that have a file each.
  private(set) var devices: [DeviceRecord] = []
  /// The bundles.
  private(set) var bundles: [Bundle] = []
  /// The number of each bundle's first credential, were there no devices with files.
  private var starts: [Int] = []
  private var entryCount = 0

  /// Adds a device that has a file of its own.
  mutating func append(_ device: DeviceRecord) { devices.append(device) }

  /// Adds a bundle.
  mutating func append(_ bundle: Bundle) {
    bundles.append(bundle)
    starts.append(entryCount)
    entryCount += bundle.entries.count
  }

  /// Puts another record in place of one with a file of its own.
  mutating func replaceDevice(at place: Int, with device: DeviceRecord) { devices[place] = device }

  /// How many devices there are.
  var count: Int { devices.count + entryCount }

  /// The number of a device's credential in use.
  func number(ofPlace place: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: place < devices.count ? 2 * place : place + devices.count)
  }

  /// The place of the device that a credential belongs to.
  func place(of number: UInt32) -> Int {
    Int(number) < 2 * devices.count ? Int(number) / 2 : Int(number) - devices.count
  }

  /// Where a credential lies.
  enum Location {
    case device(Int, CredentialSlot)
    case entry(Bundle, Int)
  }

  func location(of number: UInt32) -> Location {
    let number = Int(number)
    guard number >= 2 * devices.count else { return .device(number / 2, number % 2 == 0 ? .current : .next) }
    let entry = number - 2 * devices.count
    // The last bundle that starts at or before it.
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= entry { low = middle } else { high = middle }
    }
    return .entry(bundles[low], entry - starts[low])
  }
}

/// What there is to know of one credential.
extension DeviceRecords {
  /// Lends the identity of a credential to `body`.
  func withIdentity<Result>(of number: UInt32, _ body: (Span<UInt8>) -> Result) -> Result {
    switch location(of: number) {
    case .device(let place, let slot):
      let identity = credential(place, slot).identity
      return body(identity.span)
    case .entry(let bundle, let entry):
      return bundle.withIdentity(of: entry, body)
    }
  }

  /// Lends the key of a credential to `body`.
  func withKey<Result>(of number: UInt32, _ body: (Span<UInt8>) -> Result) -> Result {
    switch location(of: number) {
    case .device(let place, let slot): credential(place, slot).key.withBytes(body)
    case .entry(let bundle, let entry): bundle.withKey(of: entry, body)
    }
  }

  /// The device that a credential belongs to; never nil for a number that was given out.
  func device(of number: UInt32) -> Device? {
    switch location(of: number) {
    case .device(let place, _): devices[place].device
    case .entry(let bundle, let entry): bundle.device(entry)
    }
  }

  /// Whether the device that a credential belongs to has the id `name`.
  func hasID(_ number: UInt32, _ name: Span<UInt8>) -> Bool {
    guard let id = device(of: number)?.id else { return false }
    return Array(id.name.utf8).span.isEqual(to: name)
  }

  /// Whether the credential is a bundle's entry whose id is its identity.
  func isPlainEntry(_ number: UInt32) -> Bool {
    guard case .entry(let bundle, let entry) = location(of: number) else { return false }
    return bundle.withIdentity(of: entry) { DeviceID.isIdentity($0) }
  }

  /// The second number of a device without a next credential is not given out.
  private func credential(_ place: Int, _ slot: CredentialSlot) -> Credential {
    let device = devices[place].device
    return slot == .next ? device.next ?? device.credential : device.credential
  }
}
