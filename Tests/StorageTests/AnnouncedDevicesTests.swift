import Foundation
import Model
import Storage
import TestSupport
import Testing

@Suite struct AnnouncedDevicesTests {
  @Test func `who was announced and not taken back is known to the next run`() async throws {
    try await withState { state in
      var announced = try AnnouncedDevices(in: state)
      try announced.insert(DeviceID("a"))
      try announced.insert(DeviceID("b"))
      try announced.insert(DeviceID("b"))
      try announced.remove(DeviceID("a"))
      try announced.remove(DeviceID("never"))
      #expect(try AnnouncedDevices(in: state).devices == [DeviceID("b")])
    }
  }

  @Test func `ten thousand devices at once are one write`() async throws {
    try await withState { state in
      let fleet = try (0..<10_000).map { try DeviceID("dev-\($0)") }
      var announced = try AnnouncedDevices(in: state)
      try announced.insert(contentsOf: fleet)
      try announced.remove(contentsOf: fleet.dropFirst(10))
      #expect(try AnnouncedDevices(in: state).devices == Set(fleet.prefix(10)))
    }
  }

  @Test func `a line that a kill cut short is no damage`() async throws {
    try await withState { state in
      try write("+a\n+b\n-", to: state.path + "/announced")
      let announced = try AnnouncedDevices(in: state)
      #expect(announced.devices == [try DeviceID("a"), try DeviceID("b")])
      #expect(announced.setAside == nil)
    }
  }

  @Test(arguments: ["+a\nx\n+b\n", "+a\n+/etc\n+b\n", "+a\n\u{0}\u{0}\n+b\n", "+a\n\n+b\n"])
  func `a damaged journal is put aside, and what can be read of it counts`(journal: String) async throws {
    try await withState { state in
      try write(journal, to: state.path + "/announced")
      let announced = try AnnouncedDevices(in: state)
      #expect(announced.devices == [try DeviceID("a"), try DeviceID("b")])
      let aside = try #require(announced.setAside)
      #expect(FileManager.default.contents(atPath: aside) == Data(journal.utf8))
      #expect(try AnnouncedDevices(in: state).setAside == nil)
    }
  }

  @Test func `the journal is written anew before it grows without end`() async throws {
    try await withState { state in
      var announced = try AnnouncedDevices(in: state)
      let device = try DeviceID("a")
      for _ in 0..<5000 {
        try announced.insert(device)
        try announced.remove(device)
      }
      try announced.insert(device)
      let size = try #require(FileManager.default.contents(atPath: state.path + "/announced")?.count)
      #expect(size < 3 * 5000)
      #expect(try AnnouncedDevices(in: state).devices == [device])
    }
  }
}

private func withState(_ body: (StateDirectory) async throws -> Void) async throws {
  try await withTemporaryDirectory { try await body(StateDirectory.open(path: $0)) }
}
