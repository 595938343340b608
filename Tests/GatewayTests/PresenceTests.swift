import Foundation
import TestSupport
import Testing

@Suite struct PresenceTests {
  @Test func `a device is online while it is connected, with how it connects`() async throws {
    try await withGateway { gateway in
      try await withStatus(of: gateway) { status in
        try await withLinesDevice(gateway, ["-tls1_3"]) { device in
          try device.write("x\n")
          let online = try await status.next { $0["online"] as? Bool == true }
          #expect(online["gateway"] as? String == "node")
          #expect(online["address"] as? String == "127.0.0.1")
          #expect(online["protocol"] as? String == "lines")
          #expect(online["tls"] as? String == "TLSv1.3")
          #expect(online["identity"] as? String == "demo")
          #expect((online["since"] as? String)?.hasSuffix("Z") == true)
        }
        let offline = try await status.next { $0["online"] as? Bool == false }
        #expect(offline["reason"] as? String == "disconnected")
      }
    }
  }

  @Test func `a newer connection takes over, and the device stays online`() async throws {
    try await withGateway { gateway in
      try await withStatus(of: gateway) { status in
        try await withLinesDevice(gateway) { older in
          try older.write("x\n")
          _ = try await status.next { $0["online"] as? Bool == true }
          try await withLinesDevice(gateway) { newer in
            try newer.write("y\n")
            try await older.waitForExit()
            try await gateway.process.waitForOutput("reason=replaced")
            #expect(status.all.allSatisfy { $0["online"] as? Bool == true })
          }
        }
      }
    }
  }

  @Test func `the gateway says that it is there, and its will that it is gone`() async throws {
    try await withMosquitto { broker in
      try await withGateway(broker: broker) { gateway in
        try await withStatus("gateways/node/status", port: broker.port) { status in
          _ = try await status.next { $0["online"] as? Bool == true }
          gateway.process.signal(SIGKILL)
          _ = try await status.next { $0["online"] as? Bool == false }
        }
      }
    }
  }

  @Test func `devices are said to be offline when the gateway stops`() async throws {
    try await withGateway { gateway in
      try await withStatus(of: gateway) { status in
        try await withLinesDevice(gateway) { device in
          try device.write("x\n")
          _ = try await status.next { $0["online"] as? Bool == true }
          gateway.process.signal(SIGTERM)
          let offline = try await status.next { $0["online"] as? Bool == false }
          #expect(offline["reason"] as? String == "shutdown")
          #expect(try await gateway.process.waitForExit() == 0)
        }
      }
    }
  }

  @Test func `after a kill the next run takes back whom it does not see again`() async throws {
    try await withMosquitto { broker in
      try await withTemporaryDirectory { directory in
        try FileManager.default.createDirectory(
          atPath: directory + "/devices.d", withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        try addDevice("demo", in: directory + "/devices.d")
        try write("presence:\n  restart_grace: 0s\n", to: directory + "/gateway.yaml")
        let arguments = [
          "--config", directory + "/gateway.yaml", "--listen", "127.0.0.1:0", "--devices", directory + "/devices.d",
          "--state", directory + "/state", "--node", "node", "--broker", "mqtt://127.0.0.1:\(broker.port)",
        ]
        try await withStatus("devices/demo/status", port: broker.port) { status in
          try await withProcess(try builtProduct("gatewayd"), arguments) { first in
            let port = try await listeningPort(of: first)
            let options = [
              "s_client", "-quiet", "-connect", "127.0.0.1:\(port)", "-psk_identity", "demo", "-psk", key(),
            ]
            try await withProcess("openssl", options) { device in
              try device.write("x\n")
              _ = try await status.next { $0["online"] as? Bool == true }
              first.signal(SIGKILL)
              try await first.waitForExit()
            }
          }
          try await withProcess(try builtProduct("gatewayd"), arguments) { _ in
            let offline = try await status.next { $0["online"] as? Bool == false }
            #expect(offline["reason"] as? String == "gateway_restarted")
          }
        }
      }
    }
  }

  @Test func `after the broker was away everybody is announced again`() async throws {
    let port = try freePort()
    try await withMosquitto(port: port) { broker in
      try await withGateway(broker: broker) { gateway in
        try await withLinesDevice(gateway) { device in
          try device.write("x\n")
          try await gateway.process.waitForOutput("device connected")
          broker.process.signal(SIGKILL)
          try await broker.process.waitForExit()
          try await withMosquitto(port: port) { _ in
            try await withStatus("devices/demo/status", port: port) { status in
              _ = try await status.next { $0["online"] as? Bool == true }
            }
          }
        }
      }
    }
  }
}
