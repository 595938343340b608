import Devices
import Foundation
import Model
import TestSupport
import Testing

/// Several gwctl at once.
struct TogetherTests {
  @Test func `none of them loses another's change`() async throws {
    try await withGwctl { gwctl in
      let names = (0..<8).map { "dev-\($0)" }
      let lines = names.enumerated().map { "old-\($1):\(Keys.first)\(30 + $0)\n" }
      try gwctl.write(lines.joined(), to: "f.psk")
      try await withThrowingTaskGroup(of: Outcome.self) { group in
        for (index, name) in names.enumerated() {
          group.addTask { try await gwctl("disable-device", "old-\(name)") }
          group.addTask {
            try await gwctl("import", "-", "--name", "f", input: "\(name):\(Keys.second)\(30 + index)\n")
          }
        }
        for try await outcome in group { #expect(outcome.status == 0, "\(outcome.errorOutput)") }
      }
      let (table, problems) = try DeviceDirectory(path: gwctl.devices).load()
      #expect(problems == [])
      #expect(Set(table.map(\.id.name)) == Set(names + names.map { "old-\($0)" }))
      #expect(table.allSatisfy { $0.isEnabled == !$0.id.name.hasPrefix("old-") })
      try #expect(gwctl.hidden == [])
    }
  }
}
