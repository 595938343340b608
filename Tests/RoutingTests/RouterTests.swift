import Model
import Testing

@testable import Routing

/// Where a device's messages go.
struct RouterTests {
  private static func target(_ topic: String, from route: DeviceRoute) throws -> String {
    try Router.message(to: Topic(topic), payload: [], qos: .atMostOnce, retain: false, from: route).topic.name
  }

  @Test(arguments: [
    ("a", "devices/device-1/up/a"), ("a/b", "devices/device-1/up/a/b"), ("/a", "devices/device-1/up//a"),
    ("/", "devices/device-1/up//"), ("$SYS/x", "devices/device-1/up/$SYS/x"),
    ("../../x", "devices/device-1/up/../../x"),
    ("ä", "devices/device-1/up/ä"), ("\u{301}", "devices/device-1/up/\u{301}"),
  ])
  func `a namespaced device stays below its own topic`(topic: String, expected: String) throws {
    #expect(try Self.target(topic, from: .make()) == expected)
  }

  @Test(arguments: QualityOfService.allCases, [true, false])
  func `keeps the device's quality of service and retain`(qos: QualityOfService, retain: Bool) throws {
    for naming in [DeviceRoute.Naming.namespaced, .verbatim] {
      let route = try DeviceRoute.make(naming: naming, publish: ["#"])
      let message = try Router.message(to: Topic("a"), payload: [1, 2], qos: qos, retain: retain, from: route)
      #expect(message.qos == qos)
      #expect(message.retain == retain)
      #expect(message.payload == [1, 2])
    }
  }

  @Test(arguments: [DeviceRoute.Naming.namespaced, .verbatim])
  func `a line goes to the uplink topic, at least once and not retained`(naming: DeviceRoute.Naming) throws {
    let message = try Router.message(
      to: nil, payload: [1], qos: .atMostOnce, retain: true, from: .make(naming: naming))
    #expect(message == Message(topic: try Topic("devices/device-1/up"), payload: [1], qos: .atLeastOnce, retain: false))
  }

  @Test(arguments: [
    ("a", ["a"]), ("a/b", ["a/#"]), ("a/b", ["x", "a/+"]), ("fleet/device-1/t", ["fleet/%i/#"]),
    ("device-1", ["%i"]), ("x-device-1-y", ["x-%i-y"]), ("device-1/device-1", ["%i/%i"]), ("any/thing", ["#"]),
  ])
  func `a verbatim device keeps a topic that its list covers`(topic: String, list: [String]) throws {
    #expect(try Self.target(topic, from: .make(naming: .verbatim, publish: list)) == topic)
  }

  @Test(
    arguments: [
      ("a", nil), ("a", []), ("b", ["a"]), ("a/b", ["a"]), ("fleet/device-2/t", ["fleet/%i/#"]),
      ("fleet/%i/t", ["fleet/%i/#"]), ("A", ["a"]), ("$SYS/x", ["#"]), ("e\u{301}", ["\u{E9}"]),
    ] as [(String, [String]?)])
  func `a verbatim device may not publish what its list does not cover`(topic: String, list: [String]?) throws {
    let route = try DeviceRoute.make(naming: .verbatim, publish: list)
    #expect(throws: RoutingError.topicNotAllowed) { try Self.target(topic, from: route) }
  }

  @Test(arguments: ["$SYS/broker", "$share/g/a", "$", "$aws/x"])
  func `a topic with $ is the broker's, whatever the list says`(topic: String) throws {
    let route = try DeviceRoute.make(naming: .verbatim, publish: [topic, "$SYS/#"])
    #expect(throws: RoutingError.topicReserved) { try Self.target(topic, from: route) }
  }

  @Test func `a list restricts a namespaced device, by the topics as it names them`() throws {
    let route = try DeviceRoute.make(publish: ["temp/#"])
    #expect(try Self.target("temp/1", from: route) == "devices/device-1/up/temp/1")
    #expect(throws: RoutingError.topicNotAllowed) { try Self.target("other", from: route) }
    #expect(throws: RoutingError.topicNotAllowed) { try Self.target("devices/device-1/up/temp/1", from: route) }
  }

  @Test func `a topic that grows too long is refused`() throws {
    let route = try DeviceRoute.make()
    let room = Topic.maximumLength - "devices/device-1/up/".utf8.count
    #expect(try Self.target(String(repeating: "t", count: room), from: route).utf8.count == Topic.maximumLength)
    #expect(throws: RoutingError.topicTooLong) {
      try Self.target(String(repeating: "t", count: room + 1), from: route)
    }
  }

  @Test func `a filter that grows too long is refused with the device's name`() throws {
    let pattern = String(repeating: "t", count: Topic.maximumLength - 3) + "/%i"
    let device = try DeviceID("device-1")
    #expect {
      try DeviceRoute.make(publish: [pattern])
    } throws: { error in
      guard case RoutingError.invalidFilter(_, device, _) = error else { return false }
      return "\(error)".contains("device-1")
    }
  }
}
