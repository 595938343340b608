import Foundation
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// What `gwctl watch` shows of real clients.
@Suite struct WatchTests {
  @Test func `shows who comes, goes and is refused, and ends with the gateway`() async throws {
    try await withGateway { gateway in
      try await gateway.watching { watcher in
        try await withLinesDevice(gateway) { device in
          try await watcher.waitForOutput(#""device":"demo","identity":"demo","identity_hex":"64656d6f","#)
          try await watcher.waitForOutput(#""type":"connected""#)
          _ = device
        }
        try await watcher.waitForOutput(#""type":"disconnected""#)
        try await fail(gateway, ["-psk_identity", "nobody", "-psk", key()])
        try await watcher.waitForOutput(#""reason":"unknownPSKIdentity""#)
        try addDevice("other", key: key(1), in: gateway.devices)
        try await gateway.reload()
        try await watcher.waitForOutput(#""text":"1 added, 0 changed, 0 removed""#)
        gateway.process.signal(SIGTERM)
        try await #expect(watcher.waitForExit() == 0)
        #expect(watcher.errorOutput == "The gateway has stopped.\n")
        for line in watcher.output.split(separator: "\n") {
          let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
          #expect(event?["time"] is String)
        }
      }
    }
  }

  @Test func `shows one device alone, and ends with Ctrl-C`() async throws {
    let add = { (devices: String) in
      try addDevice("demo", in: devices)
      try addDevice("other", key: key(1), in: devices)
    }
    try await withGateway(devices: add) { gateway in
      try await gateway.watching("other") { watcher in
        try await fail(gateway, ["-psk_identity", "demo", "-psk", key(9)])
        try await fail(gateway, ["-psk_identity", "other", "-psk", key(9)])
        try await watcher.waitForOutput(#""device":"other""#)
        #expect(!watcher.output.contains("demo"))
        watcher.signal(SIGINT)
        try await #expect(watcher.waitForExit() == 0)
        #expect(watcher.errorOutput.isEmpty)
      }
      try await eventually("nobody watching") {
        try await gateway.curl("/metrics").output.contains("\ngateway_event_watchers 0\n")
      }
    }
  }

  @Test func `shows one device what came for many at once, and who it was once it is removed`() async throws {
    let add = { (devices: String) in try addList(["demo": key(), "other": key(1), "third": key(2)], in: devices) }
    try await withGateway(devices: add) { gateway in
      try await gateway.watching("demo") { watcher in
        try addList(["demo": key(3), "other": key(4), "third": key(2)], in: gateway.devices)
        try await gateway.reload()
        try await watcher.waitForOutput(#""device":"demo","text":"0 added, 2 changed, 0 removed""#)
        try addList(["third": key(2)], in: gateway.devices)
        try await gateway.reload()
        try await watcher.waitForOutput(#""device":"demo","text":"0 added, 0 changed, 2 removed""#)
        try addList(["third": key(5)], in: gateway.devices)
        try await gateway.reload()
        for identity in ["other", "third", "demo"] {
          try await fail(gateway, ["-psk_identity", identity, "-psk", key(9)])
        }
        try await watcher.waitForOutput(#""identity":"demo""#)
        #expect(watcher.output.split(separator: "\n").count == 3)
      }
    }
  }

  @Test func `a watcher that stands still holds nobody up, and is told what it lost`() async throws {
    try await withGateway { gateway in
      try await gateway.watching { watcher in
        watcher.signal(SIGSTOP)
        // More than the watcher's queue, both ends' buffers and the socket's hold.
        try await strangers(6000, at: gateway)
        try await #expect(publish(gateway, ["-m", "x", "-q", "1"]) == 0)
        try await #expect(gateway.gwctl("status").status == 0)
        watcher.signal(SIGCONT)
        try await watcher.waitForOutput(#""type":"lost""#)
        try await #expect(!gateway.curl("/metrics").output.contains("\ngateway_event_watchers 0\n"))
      }
    }
  }

  @Test func `tells a gateway that is killed`() async throws {
    try await withGateway { gateway in
      try await gateway.watching { watcher in
        gateway.process.signal(SIGKILL)
        try await #expect(watcher.waitForExit() == 1)
        #expect(watcher.errorOutput.contains("has gone without a word"))
      }
    }
  }

  @Test func `says that there is no such device`() async throws {
    try await withGateway { gateway in
      let outcome = try await gateway.gwctl("watch", "nobody")
      #expect(outcome.status == 1)
      #expect(outcome.errorOutput.contains("there is no device 'nobody'"))
    }
  }

  @Test func `the broker's coming and going is told`() async throws {
    try await withMosquitto { broker in
      try await withGateway(broker: broker) { gateway in
        try await gateway.watching { watcher in
          try await #expect(gateway.curl("/readyz").output == "ready\n")
          await broker.process.stop()
          try await watcher.waitForOutput(#""type":"bridge_down""#)
          let ready = try await gateway.curl("/readyz", "-w", "%{http_code}").output
          #expect(ready == "not ready: no connection to the broker is up\n503")
          try await #expect(gateway.curl("/healthz").output == "ok\n")
        }
      }
    }
  }

  @Test func `disconnect closes the connection, and the device may come back`() async throws {
    try await withGateway { gateway in
      try await withLinesDevice(gateway) { device in
        try await eventually("online") { try await gateway.gwctl("list-devices", "--online").output.contains("demo") }
        let outcome = try await gateway.gwctl("disconnect", "demo")
        #expect(outcome.output.hasPrefix("Closed 1 connection of demo."))
        try await device.waitForExit()
      }
      try await eventually("offline") { try await !gateway.gwctl("list-devices", "--online").output.contains("demo") }
      try await #expect(gateway.gwctl("disconnect", "demo").output == "demo was not connected.\n")
      try await #expect(publish(gateway, ["-m", "x", "-q", "1"]) == 0)
      try await #expect(gateway.gwctl("disconnect", "nobody").status == 1)
    }
  }
}

/// Writes one list of devices, or writes it anew.
private func addList(_ keys: [String: String], in devices: String) throws {
  let lines = keys.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)\n" }
  try write(lines.joined(), to: devices + "/fleet.psk")
}

/// Has `count` peers come that do not speak TLS, each from an address of its own.
private func strangers(_ count: Int, at gateway: RunningGateway) async throws {
  try await withThrowingTaskGroup(of: Void.self) { group in
    for number in 0..<count {
      if number >= 64 { try await group.next() }
      group.addTask {
        let source = try SocketAddress(ipAddress: "127.1.\(number >> 8).\(number & 255)", port: 0)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
          .bind(to: source).connect(host: "127.0.0.1", port: gateway.port).get()
        // On a busy machine it may have been cut for its silence: then it is refused all the same.
        do { try await channel.writeAndFlush(ByteBuffer(string: "GET / HTTP/1.0\r\n\r\n")) } catch {}
        try await channel.closeFuture.get()
      }
    }
    try await group.waitForAll()
  }
}
