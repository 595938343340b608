import Model
import Testing

@testable import Routing

/// The gateway's topic tree.
struct TopicLayoutTests {
  @Test func `looks as documented unless told otherwise`() throws {
    let layout = try TopicLayout.make()
    let device = try DeviceID("d1")
    #expect(try layout.uplink(of: device).name == "devices/d1/up")
    #expect(try layout.status(of: device).name == "devices/d1/status")
    #expect(layout.gatewayStatus.name == "gateways/node-1/status")
    #expect(layout.rejected.name == "gateways/node-1/rejected")
  }

  @Test(arguments: [
    ("acme/plant/%i/up", "acme/plant/d1/up"), ("%i", "d1"), ("%i/up", "d1/up"), ("up/%i", "up/d1"),
    ("%n/devices/%i", "node-1/devices/d1"), ("/%i/", "/d1/"), ("a%i/%i", "a%i/d1"), ("50%/%i", "50%/d1"),
  ])
  func `takes another template`(template: String, topic: String) throws {
    let layout = try TopicLayout.make { $0.uplink = template }
    #expect(try layout.uplink(of: DeviceID("d1")).name == topic)
  }

  @Test(arguments: ["", "devices/up", "devices/%n/up", "%i/%i", "devices/x%i", "+/%i", "%i/#", "a\0/%i"])
  func `refuses a template that does not make one topic for each device`(template: String) {
    #expect(throws: RoutingError.self) { try TopicLayout.make { $0.uplink = template } }
    #expect(throws: RoutingError.self) { try TopicLayout.make { $0.status = template } }
  }

  @Test(arguments: ["", "gateways/%i", "gateways/+", "#"])
  func `refuses a template that does not make one topic for the gateway`(template: String) {
    #expect(throws: RoutingError.self) { try TopicLayout.make { $0.gatewayStatus = template } }
    #expect(throws: RoutingError.self) { try TopicLayout.make { $0.rejected = template } }
  }

  @Test(arguments: ["", "a/b", "+", "#", "a\0", "/"])
  func `refuses a node that is no level of a topic`(node: String) {
    #expect(throws: RoutingError.invalidNode(node)) { try TopicLayout(node: node) }
  }

  @Test func `has room for the longest id`() throws {
    let template = String(repeating: "t", count: Topic.maximumLength - DeviceID.maximumLength - 1) + "/%i"
    let layout = try TopicLayout.make { $0.uplink = template }
    let longest = try DeviceID(String(repeating: "x", count: DeviceID.maximumLength))
    #expect(try layout.uplink(of: longest).name.utf8.count == Topic.maximumLength)
    #expect(throws: RoutingError.self) { try TopicLayout.make { $0.uplink = "t" + template } }
  }

  @Test func `a placeholder in an id or node stands for itself`() throws {
    let layout = try TopicLayout(node: "%i")
    #expect(layout.gatewayStatus.name == "gateways/%i/status")
    #expect(try layout.uplink(of: DeviceID("%n%i")).name == "devices/%n%i/up")
  }

  @Test(arguments: [
    (RoutingError.invalidNode("a/b"), "'a/b' cannot name a gateway"),
    (.invalidTemplate("x", reason: "r"), "'x' is no topic template: r"),
    (.topicReserved, "'$'"), (.topicNotAllowed, "publish list"), (.topicTooLong, "65535"),
  ])
  func `an error says what is allowed`(error: RoutingError, part: String) {
    #expect(error.description.contains(part))
  }
}
