import Foundation
import TestSupport
import Testing

/// The key of a device that was removed is nowhere in the memory of gatewayd: neither its bytes nor its digits.
@Suite struct RemovedKeyTests {
  private let bytes: [UInt8]
  private let digits: String

  init() {
    bytes = (0..<32).map { _ in UInt8.random(in: 0...255) }
    digits = hex(bytes)
  }

  @Test func `the key of a device that gwctl removed is nowhere in memory`() async throws {
    try await withGateway(devices: { try addDevice("demo", key: digits, in: $0) }) { gateway in
      try await useKey(at: gateway) {
        let removed = try await run(
          try builtProduct("gwctl"),
          ["remove-device", "demo", "--devices", gateway.devices, "--control", gateway.state + "/control.sock"])
        #expect(removed.status == 0)
      }
      try await expectNoKey(in: gateway)
    }
  }

  @Test func `the digits of keys are nowhere in memory once they were read`() async throws {
    let all = (0..<50).map { _ in hex((0..<32).map { _ in UInt8.random(in: 0...255) }) }
    let add = { (devices: String) in
      for (number, digits) in all.enumerated() { try addDevice("dev-\(number)", key: digits, in: devices) }
    }
    try await withGateway(devices: add) { gateway in
      let image = try MemoryImage(reading: gateway.process.id)
      #expect(all.filter { image.contains(Array($0.utf8)) } == [])
    }
  }

  @Test func `the keys of a bundle that was removed are nowhere in memory after a reload`() async throws {
    try await withGateway(devices: { try write("demo:\(digits)\n", to: $0 + "/fleet.psk") }) { gateway in
      try await useKey(at: gateway) {
        try FileManager.default.removeItem(atPath: gateway.devices + "/fleet.psk")
        try await gateway.reload()
      }
      try await expectNoKey(in: gateway)
    }
  }

  /// Has the key used in each version, with success and without, and removed while a device is connected with it.
  private func useKey(at gateway: RunningGateway, _ remove: () async throws -> Void) async throws {
    for version in ["tlsv1.2", "tlsv1.3"] {
      let options = ["--tls-version", version, "-m", "x", "-q", "1"]
      #expect(try await publish(gateway, key: digits, options) == 0)
      #expect(try await publish(gateway, key: key(), options) != 0)
    }
    try await withLinesDevice(gateway, key: digits) { device in
      try device.write("x\n")
      try await eventually("three connections") {
        gateway.process.errorOutput.components(separatedBy: "device connected").count > 3
      }
      #expect(try MemoryImage(reading: gateway.process.id).contains(bytes))
      try await remove()
      try await device.waitForExit()
    }
  }

  /// What the end of a connection leaves to the event loop's next turn is gone soon.
  private func expectNoKey(in gateway: RunningGateway) async throws {
    try await eventually("memory without the key", within: .seconds(20)) {
      try !hasKey(MemoryImage(reading: gateway.process.id))
    }
    #expect(try await !hasKey(MemoryImage(of: gateway.process.id)))
  }

  private func hasKey(_ image: MemoryImage) -> Bool { image.contains(bytes) || image.contains(Array(digits.utf8)) }
}
