import Devices
import Model
import TestSupport
import Testing

/// Files with bytes turned, lost and doubled: each is read or refused, and nothing traps.
struct MutationTests {
  private static let file = """
    identity: "a b"
    key: "\(Keys.first)"
    next: {identity_hex: 00ff, key: "\(Keys.second)"}
    from: [192.0.2.0/24, "2001:db8::/32"]
    sessions: per-client-id
    max_sessions: 12
    labels: {site: north}
    publish: [site/%i/#, &x "*x"]
    quota: {messages_per_second: 10}

    """
  private static let bundle = "# fleet\none:\(Keys.first)\r\n two : \(Keys.second)\n\nthree:\(Keys.third)"

  @Test(arguments: [("a.yaml", Self.file), ("a.psk", Self.bundle)])
  func `reads or refuses whatever stands in a file`(name: String, text: String) async throws {
    var generator = SplitMix64(seed: 4711)
    try await withDevices([name: text]) { directory in
      let last = try directory.load().table
      for _ in 0..<400 {
        try writeBytes(mutate(Array(text.utf8), &generator), to: "\(directory.path)/\(name)")
        let (table, problems) = try directory.load(keeping: last)
        #expect(table.count > 0 || problems.contains { $0.severity == .error } || name == "a.psk")
        #expect(table.allSatisfy { table.credential(for: $0.identity.span)?.device.id == $0.id })
      }
    }
  }

  private func mutate(_ bytes: [UInt8], _ generator: inout SplitMix64) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let index = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &generator)
      case 1: bytes.remove(at: index)
      case 2: bytes.insert(bytes[bytes.count / 2], at: index)
      default: bytes[index] = Array("[]{}:#&*!|>'\"%@\n\t ".utf8).randomElement(using: &generator) ?? 0
      }
    }
    return bytes
  }
}
