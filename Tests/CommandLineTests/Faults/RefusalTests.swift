import Foundation
import TestSupport
import Testing

/// A system that refuses: a full disk, a directory that may not be written.
struct SystemRefusalTests {
  @Test(.enabled("only debug builds have points to fail at", { try await hasFaultPoints() }), arguments: FaultCase.all)
  func `a system call that fails changes all or nothing`(_ fault: FaultCase) async throws {
    let old = try await FaultCase(arguments: ["list-devices"]).run { gwctl, _ in try Records(gwctl) }
    let new = try await fault.run { gwctl, _ in try Records(gwctl) }
    var number = 0
    var fails = true
    while fails, number < 100 {
      number += 1
      fails = try await fault.run(faultAt: "\(number):\(ENOSPC)") { gwctl, outcome in
        let found = try Records(gwctl)
        #expect(found.errors == [] && found.lie(between: old, and: new, fault.random), "failed at \(number)")
        if fault.arguments[0] == "import" { #expect(found == old || found == new, "failed at \(number)") }
        guard outcome.status != 0 else { return try !gwctl.hidden.isEmpty }
        // Keys are rewritten file by file, and each that failed is told.
        if fault.arguments[0] != "encrypt-keys" {
          #expect(outcome.complaints.count == 1 && outcome.errorOutput.hasSuffix(": No space left on device\n"))
        }
        // The note of a move stays where it is the one thing that cannot be removed.
        let hidden = try gwctl.hidden
        #expect(hidden.allSatisfy { $0 == ".moving" }, "failed at \(number): \(hidden)")
        return true
      }
    }
    // It ended because nothing was left to fail at.
    #expect(number > 3 && number < 100)
  }

  @Test(.enabled("mounting a small file system needs root", { await SmallDisk.canMount() }), arguments: FaultCase.all)
  func `a directory that may not be written stays as it is`(_ fault: FaultCase) async throws {
    try await withGwctl { gwctl in
      try await SmallDisk.mounted(at: gwctl.devices, kilobytes: 64) {
        try FaultCase.fill(gwctl)
        try gwctl.write("", to: ".lock")
        let before = try Records(gwctl)
        try await SmallDisk.makeReadOnly(gwctl.devices)
        let outcome = try await gwctl.plain(
          ["--devices", gwctl.devices] + fault.arguments, input: fault.input, environment: fault.environment(gwctl))
        #expect(outcome.status == 1 && outcome.complaints.count == 1)
        #expect(outcome.errorOutput.contains("Read-only file system"))
        try #expect(Records(gwctl) == before)
      }
    }
  }

  @Test(.enabled("mounting a small file system needs root", { await SmallDisk.canMount() }))
  func `a full disk takes no half of a list`() async throws {
    try await withGwctl { gwctl in
      try await SmallDisk.mounted(at: gwctl.devices, kilobytes: 64) {
        try FaultCase.fill(gwctl)
        let before = try Records(gwctl)
        let list = (0..<100).map { "dev-\($0):\(Keys.first)\(String(1000 + $0))\n" }.joined()
        for shape in [["--as", "files"], ["--as", "bundle"]] {
          let filler = String(repeating: "x", count: shape.contains("bundle") ? 48 << 10 : 8 << 10)
          try gwctl.write("#" + filler, to: "filler")
          let options = ["--devices", gwctl.devices, "import", "-"]
          let outcome = try await gwctl.plain(options + shape, input: list)
          #expect(outcome.status == 1 && outcome.complaints.count == 1)
          #expect(outcome.errorOutput.hasSuffix(": No space left on device\n"))
          try #expect(Records(gwctl) == before)
          try #expect(gwctl.hidden == [])
        }
      }
    }
  }
}

extension Gwctl {
  /// What is hidden in devices.d, but for its lock.
  var hidden: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: devices).filter { $0.hasPrefix(".") && $0 != ".lock" }
    }
  }
}
