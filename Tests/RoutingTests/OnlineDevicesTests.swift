import Model
import Testing

@testable import Routing

/// Who is online.
struct OnlineDevicesTests {
  private let device: DeviceID
  private var online = OnlineDevices<Int>()

  init() throws { device = try DeviceID("d1") }

  @Test mutating func `a device is online with its connection and offline without`() {
    #expect(online.take(device, by: 1) == .seated(replacing: nil))
    #expect(online.connections(of: device) == [1])
    #expect(online.leave(device, by: 1) == true)
    #expect(!online.contains(device))
  }

  @Test mutating func `a newer connection takes over, and the end of the older changes nothing`() {
    _ = online.take(device, by: 1)
    #expect(online.take(device, by: 2) == .seated(replacing: 1))
    #expect(online.leave(device, by: 1) == false)
    #expect(online.connections(of: device) == [2])
    #expect(online.leave(device, by: 2) == true)
  }

  @Test mutating func `leaving twice is leaving once`() {
    _ = online.take(device, by: 1)
    #expect(online.leave(device, by: 1) == true)
    #expect(online.leave(device, by: 1) == false)
  }

  @Test mutating func `a connection does not replace itself`() {
    _ = online.take(device, by: 1)
    #expect(online.take(device, by: 1) == .seated(replacing: nil))
  }

  @Test mutating func `devices do not touch each other`() throws {
    let other = try DeviceID("d2")
    _ = online.take(device, by: 1)
    #expect(online.take(other, by: 2) == .seated(replacing: nil))
    #expect(online.leave(device, by: 2) == false)
    #expect(online.count == 2)
  }

  @Test mutating func `connections share a device up to its maximum, and take over by client id`() {
    let seats = OnlineDevices<Int>.Seats.perClientID(maximum: 2)
    #expect(online.take(device, by: 1, clientID: "a", seats: seats) == .seated(replacing: nil))
    #expect(online.take(device, by: 2, clientID: nil, seats: seats) == .seated(replacing: nil))
    #expect(online.take(device, by: 3, clientID: "b", seats: seats) == .full)
    #expect(online.take(device, by: 4, clientID: "a", seats: seats) == .seated(replacing: 1))
    #expect(online.leave(device, by: 4) == false)
    #expect(online.leave(device, by: 2) == true)
  }
}
