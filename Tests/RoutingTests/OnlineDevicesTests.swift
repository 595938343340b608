import Model
import Testing

@testable import Routing

/// Who is online.
struct OnlineDevicesTests {
  private let device: DeviceID

  init() throws { device = try DeviceID("d1") }

  @Test func `a device is online with its connection and offline without`() {
    var online = OnlineDevices<Int>()
    #expect(online.takeOver(device, by: 1) == nil)
    #expect(online.connections == [device: 1])
    #expect(online.leave(device, by: 1) == true)
    #expect(online.connections.isEmpty)
  }

  @Test func `a newer connection takes over, and the end of the older changes nothing`() {
    var online = OnlineDevices<Int>()
    _ = online.takeOver(device, by: 1)
    #expect(online.takeOver(device, by: 2) == 1)
    #expect(online.leave(device, by: 1) == false)
    #expect(online.connections == [device: 2])
    #expect(online.leave(device, by: 2) == true)
  }

  @Test func `leaving twice is leaving once`() {
    var online = OnlineDevices<Int>()
    _ = online.takeOver(device, by: 1)
    #expect(online.leave(device, by: 1) == true)
    #expect(online.leave(device, by: 1) == false)
  }

  @Test func `a connection does not replace itself`() {
    var online = OnlineDevices<Int>()
    _ = online.takeOver(device, by: 1)
    #expect(online.takeOver(device, by: 1) == nil)
  }

  @Test func `devices do not touch each other`() throws {
    let other = try DeviceID("d2")
    var online = OnlineDevices<Int>()
    _ = online.takeOver(device, by: 1)
    #expect(online.takeOver(other, by: 2) == nil)
    #expect(online.leave(device, by: 2) == false)
    #expect(online.connections == [device: 1, other: 2])
  }
}
