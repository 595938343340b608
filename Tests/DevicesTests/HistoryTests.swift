import Devices
import Model
import TestSupport
import Testing

/// Long histories of changes, made at random and compared with a dictionary.
struct HistoryTests {
  /// What should be known of one device.
  private struct Expected: Equatable {
    var identity: [UInt8]
    var key: String
    var nextKey: String?
    var isEnabled = true

    init(_ device: Device) {
      identity = device.identity
      key = device.key.hex
      nextKey = device.next?.key.hex
      isEnabled = device.isEnabled
    }
  }

  /// Ids that are their identities, and some that are not.
  private static let identities = (0..<12).map { Array("dev-\($0)".utf8) } + (0..<6).map { Array("dev \($0)".utf8) }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `after each change the directory says what it should`(seed: UInt64) async throws {
    var generator = SplitMix64(seed: seed)
    try await withDevices { directory in
      var expected: [DeviceID: Expected] = [:]
      var table = DeviceTable.empty
      for step in 0..<60 {
        try change(directory, &expected, step, &generator)
        let contents = try directory.load(keeping: table)
        table = contents.table
        #expect(!contents.problems.contains { $0.severity == .error })
        #expect(Dictionary(uniqueKeysWithValues: table.map { ($0.id, Expected($0)) }) == expected)
        #expect(expected.allSatisfy { table.credential(for: $1.identity.span)?.device.id == $0 })
        #expect(table.count == expected.count)
      }
    }
  }

  private func change(
    _ directory: DeviceDirectory, _ expected: inout [DeviceID: Expected], _ step: Int, _ generator: inout SplitMix64
  ) throws {
    let identity = Self.identities.randomElement(using: &generator) ?? []
    let id = try DeviceID(bundleIdentity: identity.span)
    let device = Device(id: id, identity: identity, key: PresharedKey.random())
    switch Int.random(in: 0..<5, using: &generator) {
    case 0:
      try attempt(expected[id] == nil) { try directory.add(device) }
      expected[id] = expected[id] ?? Expected(device)
    case 1:
      let missing = Self.identities.filter { identity in !expected.contains { $1.identity == identity } }.prefix(3)
      try addBundle(directory, "bundle-\(step)", Array(missing), &expected)
    case 2:
      try attempt(expected[id] != nil) { try directory.remove(id) }
      expected[id] = nil
    case 3:
      let isEnabled = Bool.random(using: &generator)
      try attempt(expected[id] != nil) { try directory.setEnabled(isEnabled, of: id) }
      expected[id]?.isEnabled = isEnabled
    default:
      let next = Credential(identity: identity, key: PresharedKey.random())
      try attempt(expected[id] != nil) {
        try directory.edit { editor throws(DevicesError) in try editor.update(id) { $0.next = next } }
      }
      expected[id]?.nextKey = next.key.hex
    }
  }

  private func addBundle(
    _ directory: DeviceDirectory, _ name: String, _ identities: [[UInt8]], _ expected: inout [DeviceID: Expected]
  ) throws {
    let credentials = identities.map { Credential(identity: $0, key: PresharedKey.random()) }
    try directory.edit { editor throws(DevicesError) in try editor.addBundle(named: name, credentials) }
    for credential in credentials {
      let id = try DeviceID(bundleIdentity: credential.identity.span)
      expected[id] = Expected(Device(id: id, identity: credential.identity, key: credential.key))
    }
  }

  /// Runs `body`, which fails exactly if it is not `possible`.
  private func attempt(_ possible: Bool, _ body: () throws -> Void) throws {
    if possible { return try body() }
    #expect(throws: DevicesError.self) { try body() }
  }
}
