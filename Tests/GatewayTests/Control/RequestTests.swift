import Foundation
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// What HTTP asks of a server, on the control socket.
@Suite struct RequestTests {
  @Test func `a stream to HTTP/1.0 ends with its connection`() async throws {
    try await withGateway { gateway in
      try await withLinesDevice(gateway) { _ in
        try await eventually("online") { try await !gateway.curl("/v1/devices/online").output.isEmpty }
        let reply = try await gateway.curl("/v1/devices/online", "-i", "-0", "-H", "connection: keep-alive", "-m", "10")
        #expect(reply.status == 0)
        #expect(reply.output.contains("\r\nconnection: close\r\n"))
        #expect(!reply.output.contains("transfer-encoding"))
        #expect(reply.output.hasSuffix("}\n"))
      }
    }
  }

  @Test func `a body over the limit is refused, known or not`() async throws {
    try await withGateway { gateway in
      try await withTemporaryDirectory { directory in
        try write(String(repeating: "x", count: 300_000), to: directory + "/body")
        let body = ["--data-binary", "@\(directory)/body"]
        for more in [[], ["-H", "expect:"], ["-H", "transfer-encoding: chunked"]] {
          let words = ["-s", "-i", "-m", "10", "--unix-socket", gateway.socket] + body + more
          let reply = try await run("curl", words + ["http://gateway/v1/reload"])
          #expect(reply.status == 0)
          #expect(reply.output.contains("HTTP/1.1 413 "))
          #expect(reply.output.contains("\r\nconnection: close\r\n"))
          #expect(reply.output.contains(#"{"error":"the request's body is over 65536 bytes"#))
        }
      }
    }
  }

  @Test func `a client that waits for 100 is answered at once`() async throws {
    try await withGateway { gateway in
      let words = ["-H", "expect: 100-continue", "--expect100-timeout", "60", "-m", "10", "-d", "x"]
      let reply = try await run(
        "curl", ["-s", "-i", "--unix-socket", gateway.socket] + words + ["http://gateway/v1/reload"])
      #expect(reply.output.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"))
    }
  }

  @Test(
    arguments: [
      ("GET /healthz HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "), ("GET /healthz HTTP/1.0\r\n\r\n", "HTTP/1.0 200 "),
      ("GET /healthz HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", "HTTP/1.1 400 "),
      ("GET http://gateway/healthz HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\r\n", "HTTP/1.1 200 "),
    ])
  func `hosts and targets are taken as RFC 9112 says`(_ request: String, _ start: String) async throws {
    try await withGateway { gateway in
      let words = ["-s", "-m", "2", "telnet://x", "--unix-socket", gateway.socket]
      let reply = try await run("curl", words, input: request)
      #expect(reply.output.hasPrefix(start), "\(reply)")
    }
  }

  @Test func `whoever comes too many is told, and watchers keep nobody out`() async throws {
    try await withGateway { gateway in
      try await withConnections(64, sending: "GET /v1/events HTTP/1.1\r\nhost: x\r\n\r\n", at: gateway) {
        try await eventually("all watch") {
          try await gateway.curl("/metrics").output.contains("\ngateway_event_watchers 64\n")
        }
        let refused = try await gateway.gwctl("watch")
        #expect(refused.status == 1)
        #expect(refused.errorOutput.contains("refused (503): 64 watch events already"))
        try await #expect(gateway.gwctl("status").status == 0)
      }
      try await withConnections(64, sending: "", at: gateway) {
        try await eventually("no room") { try await gateway.gwctl("status").status == 1 }
        let refused = try await gateway.curl("/v1/status", "-i").output
        #expect(refused.hasPrefix("HTTP/1.1 503 "))
        #expect(refused.contains(#"{"error":"64 connections are open here already"#))
      }
      try await eventually("room again") { try await gateway.gwctl("status").status == 0 }
    }
  }

  @Test func `is not ready while the broker is too slow, and the disk has all that it may`() async throws {
    let configuration = "bridge: {outbox_messages: 40, window: 1}\nspool: {maximum_bytes: 1MiB}"
    try await withMosquitto { broker in
      try await withGateway(broker: broker, configuration: configuration) { gateway in
        broker.process.signal(SIGSTOP)
        try await withLinesDevice(gateway) { device in
          try device.write(String(repeating: String(repeating: "x", count: 8_000) + "\n", count: 200))
          try await eventually("congestion") { try await gateway.curl("/readyz").output != "ready\n" }
          try await #expect(
            gateway.curl("/readyz", "-w", "%{http_code}").output
              == "not ready: devices are not read, for the broker takes less than they send\n503")
          broker.process.signal(SIGCONT)
          try await eventually("relief") { try await gateway.curl("/readyz").output == "ready\n" }
        }
      }
    }
  }
}

/// Has `count` connections open on the control socket for the duration of `body`, each with `text` sent.
private func withConnections(
  _ count: Int, sending text: String, at gateway: RunningGateway, _ body: () async throws -> Void
) async throws {
  var channels: [any Channel] = []
  do {
    for _ in 0..<count {
      let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .connect(unixDomainSocketPath: gateway.socket).get()
      channels.append(channel)
      if !text.isEmpty { try await channel.writeAndFlush(ByteBuffer(string: text)) }
    }
    try await body()
  } catch {
    for channel in channels { channel.close(promise: nil) }
    throw error
  }
  for channel in channels { channel.close(promise: nil) }
}
