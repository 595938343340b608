import Devices
import Foundation
import Model
import TestSupport
import Testing

/// gwctl, killed at every step of everything that it writes.
struct KillTests {
  @Test(
    .enabled("only debug builds have points to be killed at", { try await hasFaultPoints() }), arguments: FaultCase.all)
  func `a kill leaves each device as it was or as it is to be`(_ fault: FaultCase) async throws {
    let old = try await FaultCase(arguments: ["list-devices"]).run { gwctl, _ in try Records(gwctl) }
    let new = try await fault.run { gwctl, outcome in
      #expect(outcome.status == 0)
      return try Records(gwctl)
    }
    var number = 0
    var isKilled = true
    while isKilled, number < 100 {
      number += 1
      isKilled = try await fault.run(faultAt: "\(number)") { gwctl, outcome in
        try await look(gwctl, old, new, fault, "killed at \(number)")
        #expect(outcome.status == 0 || outcome.status == 137)
        return outcome.status != 0
      }
    }
    // It ended because nothing was left to fail at.
    #expect(number > 3 && number < 100)
  }

  private static let besideBroken = [
    ["disable-device", "b"], ["disable-device", "c"], ["rotate-key", "b"],
    ["import", "-", "--as", "files", "--replace"],
  ].map { FaultCase(arguments: $0, input: "b:\(Keys.third)0c\n", others: ["b.yaml": "key: \"zz\"\n"]) }

  @Test(
    .enabled("only debug builds have points to be killed at", { try await hasFaultPoints() }), arguments: besideBroken)
  func `a kill costs no line beside a broken file of its name`(_ fault: FaultCase) async throws {
    var number = 0
    var isKilled = true
    while isKilled, number < 100 {
      number += 1
      isKilled = try await fault.run(faultAt: "\(number)") { gwctl, outcome in
        try DeviceDirectory.withMasterKey(gwctl).add(Device(id: DeviceID("other"), key: PresharedKey.random()))
        try #expect(gwctl.text("fleet.psk").contains("b:\(Keys.second)\n"), "killed at \(number)")
        try #expect(gwctl.text("b.yaml") == "key: \"zz\"\n", "killed at \(number)")
        try #expect(gwctl.hidden == [], "killed at \(number)")
        return outcome.status == 137
      }
    }
    #expect(number > 1 && number < 100)
  }

  @Test(
    .enabled("tools/test --long does this", { ProcessInfo.processInfo.environment["LONG_TESTS"] != nil }),
    arguments: FaultCase.all)
  func `a kill at any time leaves each device as it was or as it is to be`(_ fault: FaultCase) async throws {
    let old = try await FaultCase(arguments: ["list-devices"]).run { gwctl, _ in try Records(gwctl) }
    let new = try await fault.run { gwctl, _ in try Records(gwctl) }
    for round in 1...40 {
      try await withGwctl { gwctl in
        try FaultCase.fill(gwctl)
        let arguments = ["--devices", gwctl.devices, "--control", gwctl.socket] + fault.arguments
        try await withProcess(try builtProduct("gwctl"), arguments, environment: fault.environment(gwctl)) { process in
          // A command that has ended already takes no more.
          try? process.write(fault.input)
          try? process.closeInput()
          try await Task.sleep(for: .microseconds(Int.random(in: 0...60_000)))
          process.signal(SIGKILL)
          try await process.waitForExit()
        }
        try await look(gwctl, old, new, fault, "round \(round)")
      }
    }
  }

  /// What is there after a kill, and after the next write.
  private func look(
    _ gwctl: Gwctl, _ old: Records, _ new: Records, _ fault: FaultCase, _ comment: Comment
  ) async throws {
    let found = try Records(gwctl)
    #expect(found.errors == [], comment)
    #expect(found.lie(between: old, and: new, fault.random), "\(comment): \(found.byID)")
    let other = Device(id: try DeviceID("other"), key: PresharedKey.random())
    try DeviceDirectory.withMasterKey(gwctl).add(other)
    let (table, problems) = try DeviceDirectory.withMasterKey(gwctl).load()
    #expect(problems == [] && table.device(other.id) != nil, comment)
    let hidden = try FileManager.default.contentsOfDirectory(atPath: gwctl.devices).filter { $0.hasPrefix(".") }
    #expect(hidden == [".lock"], comment)
  }
}

/// Whether gwctl was built for debugging.
func hasFaultPoints() async throws -> Bool {
  try await FaultCase(arguments: ["add-device", "new"]).run(faultAt: "1") { _, outcome in outcome.status == 137 }
}
