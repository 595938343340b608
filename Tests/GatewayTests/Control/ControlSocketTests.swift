import Foundation
import Platform
import TestSupport
import Testing

/// The control socket and the metrics' port, as curl sees them.
@Suite struct ControlSocketTests {
  @Test(
    arguments: [
      ("GET", "/v1/nothing", 404, nil), ("POST", "/v1/status", 405, "GET, HEAD"), ("GET", "/v1/reload", 405, "POST"),
      ("PUT", "/v1/devices/demo/disconnect", 405, "POST"), ("POST", "/v1/devices/nobody/disconnect", 404, nil),
      ("POST", "/v1/devices/%2E/disconnect", 400, nil), ("GET", "/v1/why", 400, nil),
      ("GET", "/v1/events?device=.", 400, nil),
    ] as [(String, String, Int, String?)])
  func `says no as HTTP does`(_ method: String, _ path: String, _ status: Int, _ allow: String?) async throws {
    try await withGateway { gateway in
      let reply = try await gateway.curl(path, "-i", "-X", method).output
      #expect(reply.hasPrefix("HTTP/1.1 \(status) "))
      #expect(reply.contains(#"{"error":""#))
      #expect(reply.contains("\r\nallow: \(allow ?? "")\r\n") == (allow != nil))
    }
  }

  @Test func `answers HEAD with the head of GET, and many requests on one connection`() async throws {
    try await withGateway { gateway in
      let head = try await gateway.curl("/v1/status", "-I").output
      #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(head.hasSuffix("\r\n\r\n"))
      #expect(try #require(head.firstMatch(of: /content-length: (\d+)/)?.1) != "0")
      try await #expect(gateway.curl("/v1/events", "-I").output.hasPrefix("HTTP/1.1 200 OK\r\n"))
      let twice = try await gateway.curl("/healthz", "-v", "http://gateway/healthz")
      #expect(twice.output == "ok\nok\n")
      #expect(twice.errorOutput.contains("Re-using existing connection"))
    }
  }

  @Test(arguments: [
    "nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET \u{0} HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}",
    "POST /v1/reload HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
    "POST /v1/reload HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    "POST /v1/reload HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n"
      + String(repeating: "x", count: 100_000),
    "GET /v1/status HTTP/1.1\r\n" + String(repeating: "a: b\r\n", count: 1000) + "\r\n",
    "GET /" + String(repeating: "x", count: 200_000) + " HTTP/1.1\r\n\r\n",
    "GET /v1/why?of=%zz HTTP/1.1\r\nhost: x\r\n\r\n",
    "GET /v1/why?of=%C3 HTTP/1.1\r\nhost: x\r\n\r\n",
  ])
  func `bears what is no request`(_ request: String) async throws {
    try await withGateway { gateway in
      let sent = try await run(
        "curl", ["-s", "-m", "5", "telnet://x", "--unix-socket", gateway.socket], input: request)
      #expect(!sent.output.hasPrefix("HTTP/1.1 200"))
      try await #expect(gateway.gwctl("status").status == 0)
    }
  }

  @Test func `lists a device for each line while it is connected`() async throws {
    try await withGateway { gateway in
      try await #expect(gateway.curl("/v1/devices/online").output == "")
      try await withLinesDevice(gateway) { _ in
        try await eventually("online") { try await !gateway.curl("/v1/devices/online").output.isEmpty }
        let line = try await gateway.curl("/v1/devices/online")
        try #expect(line.json["device"] as? String == "demo")
        try #expect(line.json["connections"] as? Int == 1)
        #expect(line.output.hasSuffix("}\n"))
        let status = try await gateway.gwctl("status").output
        #expect(status.hasPrefix("devices     1 online of 1\n"))
        #expect(status.contains("\nmemory      "))
      }
    }
  }

  @Test(.enabled(if: getuid() == 0))
  func `another user is refused, and the log says who`() async throws {
    try await withGateway { gateway in
      // As if somebody had opened all doors.
      for path in [gateway.state, gateway.state + "/.."] { try FileMode.set(0o755, of: path) }
      try FileMode.set(0o666, of: gateway.socket)
      let words = ["--reuid=65534", "--regid=65534", "--clear-groups", "curl", "-s", "-i"]
      for path in ["/v1/status", "/healthz"] {
        let outcome = try await run("setpriv", words + ["--unix-socket", gateway.socket, "http://gateway" + path])
        #expect(outcome.output.hasPrefix("HTTP/1.1 403 Forbidden\r\n"))
      }
      #expect(gateway.process.errorOutput.contains("control socket refused to another user"))
      #expect(gateway.process.errorOutput.contains("uid=65534"))
      try await #expect(gateway.gwctl("status").status == 0)
    }
  }

  @Test func `the metrics' port serves metrics and health, and nothing else`() async throws {
    try await withGateway(configuration: "metrics: {listen: \"127.0.0.1:0\"}") { gateway in
      let pattern = /metrics listening address=127.0.0.1 port=(\d+)/
      try await eventually("the port") { gateway.process.errorOutput.firstMatch(of: pattern) != nil }
      let port = try #require(gateway.process.errorOutput.firstMatch(of: pattern)?.1)
      for (path, status) in [("/metrics", 200), ("/healthz", 200), ("/readyz", 200), ("/v1/status", 404), ("/", 404)] {
        let reply = try await run("curl", ["-s", "-i", "http://127.0.0.1:\(port)\(path)"])
        #expect(reply.output.hasPrefix("HTTP/1.1 \(status) "))
      }
      let reload = try await run("curl", ["-s", "-i", "-X", "POST", "http://127.0.0.1:\(port)/v1/reload"])
      #expect(reload.output.hasPrefix("HTTP/1.1 404 "))
    }
  }
}
