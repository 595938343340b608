import Foundation
import TestSupport
import Testing

/// SIGTERM: what is under way is finished, and the end comes in time.
@Suite struct StopTests {
  private func publish(to gateway: RunningGateway) -> [String] {
    [
      "-h", "127.0.0.1", "-p", "\(gateway.port)", "--psk-identity", "demo", "--psk", key(), "-t", "a", "-m", "x", "-q",
      "1", "-d",
    ]
  }

  @Test func `a device that waits for its acknowledgement gets it`() async throws {
    try await withMosquitto { broker in
      try await withGateway(broker: broker, configuration: "spool: {after: 60s}") { gateway in
        broker.process.signal(SIGSTOP)
        try await withProcess("stdbuf", ["-oL", "mosquitto_pub"] + publish(to: gateway)) { device in
          try await device.waitForOutput("sending PUBLISH")
          try await eventually("the message") { try await gateway.gwctl("status").output.contains("1 up") }
          gateway.process.signal(SIGTERM)
          // It must not have ended without the broker.
          try await eventually("the end of accepting") {
            try await run("bash", ["-c", "</dev/tcp/127.0.0.1/\(gateway.port)"]).status != 0
          }
          #expect(gateway.process.exitStatus == nil)
          broker.process.signal(SIGCONT)
          try await device.waitForOutput("received PUBACK")
          #expect(try await gateway.process.waitForExit() == 0)
        }
      }
    }
  }

  @Test func `where the broker is silent the disk has the message, and a second SIGTERM changes nothing`() async throws
  {
    try await withMosquitto { broker in
      try await withGateway(broker: broker, configuration: "spool: {after: 60s}\nlimits: {drain_timeout: 1s}") {
        gateway in
        broker.process.signal(SIGSTOP)
        defer { broker.process.signal(SIGCONT) }
        try await withProcess("stdbuf", ["-oL", "mosquitto_pub"] + publish(to: gateway)) { device in
          try await device.waitForOutput("sending PUBLISH")
          try await eventually("the message") { try await gateway.gwctl("status").output.contains("1 up") }
          gateway.process.signal(SIGTERM)
          gateway.process.signal(SIGTERM)
          #expect(try await gateway.process.waitForExit() == 0)
        }
        let disk = try Data(contentsOf: URL(fileURLWithPath: gateway.state + "/spool.db"))
        #expect(disk.range(of: Data("devices/demo/up/a".utf8)) != nil)
      }
    }
  }

  @Test func `with a handshake under way, and with nobody there, it ends as asked`() async throws {
    try await withGateway { gateway in
      // A peer that has connected and says nothing.
      let peer = ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(gateway.port); echo connected; exec sleep 60"]
      try await withProcess("bash", peer) { peer in
        try await peer.waitForOutput("connected")
        gateway.process.signal(SIGTERM)
        #expect(try await gateway.process.waitForExit() == 0)
      }
    }
    try await withGateway { gateway in
      gateway.process.signal(SIGTERM)
      let status = try await gateway.process.waitForExit()
      #expect(status == 0)
      #expect(gateway.process.errorOutput.contains("notice stopped"))
    }
  }
}
