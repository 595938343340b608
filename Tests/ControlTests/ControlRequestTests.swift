import Control
import Model
import Testing

@Suite struct ControlRequestTests {
  @Test(
    arguments: [
      .status, .reload, .online, .disconnect(try DeviceID("a%20b")), .events(nil), .events(try DeviceID("a-%41")),
      .why("ä &=%+?#/"), .metrics, .health, .readiness,
    ] as [ControlRequest])
  func `reads back what it sends`(_ request: ControlRequest) throws {
    let read = try ControlRequest(method: request.method.rawValue, target: request.target)
    #expect(read == request)
  }

  @Test(arguments: [("GET", "/v1/status", ControlRequest.status), ("POST", "/v1/reload", .reload)])
  func `spells its requests as the contract says`(_ method: String, _ path: String, _ request: ControlRequest) {
    #expect(request.method.rawValue == method)
    #expect(request.path == path)
  }

  @Test(arguments: ["http://gateway/v1/why?of=a", "HTTP://[::1]:80/v1/why?of=a", "http:///v1/why?of=a"])
  func `takes a whole URI`(_ target: String) throws {
    #expect(try ControlRequest(method: "GET", target: target) == .why("a"))
  }

  @Test func `leaves a query out`() throws {
    let request = try ControlRequest(method: "GET", target: "/v1/status?pretty")
    #expect(request == .status)
  }

  @Test(arguments: [
    "", "/", "/v1", "/v1/status/", "/V1/status", "/v2/status", "//v1/status", "/v1/%73tatus", "*", "http://gateway",
    "http://", "https://gateway/v1/status",
  ])
  func `knows no other path`(_ path: String) throws {
    let rejection = #expect(throws: ControlRejection.self) {
      _ = try ControlRequest(method: "GET", target: path)
    }
    #expect(rejection?.status == 404)
  }

  @Test(arguments: [("POST", "/v1/status", "GET"), ("GET", "/v1/reload", "POST"), ("get", "/v1/status", "GET")])
  func `names the method that a path wants`(_ method: String, _ path: String, _ allowed: String) throws {
    let rejection = #expect(throws: ControlRejection.self) {
      _ = try ControlRequest(method: method, target: path)
    }
    #expect(rejection?.status == 405)
    #expect(rejection?.description == "\(method) is not for this path; allowed is \(allowed)")
  }

  @Test func `cuts a long path off in its message`() throws {
    let path = "/" + String(repeating: "x", count: 100_000)
    let rejection = #expect(throws: ControlRejection.self) { _ = try ControlRequest(method: "GET", target: path) }
    #expect((rejection?.description.utf8.count ?? .max) < 250)
  }
}
