import TestSupport
import Testing

/// From a real device to a real subscriber.
@Suite struct UplinkTests {
  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func `a line from OpenSSL arrives under the device's topic`(version: String) async throws {
    try await withGateway { gateway in
      try await withSubscriber(to: "devices/+/up/#", port: gateway.brokerPort) { subscriber in
        try await withLinesDevice(gateway, [version]) { device in
          try device.write("hello\r\nsecond\n")
          try await subscriber.waitForOutput("devices/demo/up \(hex("hello".utf8))\n")
          try await subscriber.waitForOutput("devices/demo/up \(hex("second".utf8))\n")
        }
      }
    }
  }

  @Test(arguments: ["NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+PSK", "NORMAL:-VERS-ALL:+VERS-TLS1.3:+ECDHE-PSK:+PSK"])
  func `a line from GnuTLS arrives under the device's topic`(priority: String) async throws {
    try await withGateway { gateway in
      try await withSubscriber(to: "devices/+/up/#", port: gateway.brokerPort) { subscriber in
        let arguments = [
          "127.0.0.1", "-p", "\(gateway.port)", "--pskusername", "demo", "--pskkey", key(), "--priority", priority,
        ]
        try await withProcess("gnutls-cli", arguments) { device in
          try await device.waitForOutput("Handshake was completed")
          try device.write("hello\n")
          try await subscriber.waitForOutput("devices/demo/up \(hex("hello".utf8))\n")
        }
      }
    }
  }

  @Test func `a line is any bytes but the newline`() async throws {
    let bytes = (UInt8.min...UInt8.max).filter { $0 != 10 && $0 != 13 }
    try await withGateway { gateway in
      try await withSubscriber(to: "devices/+/up/#", port: gateway.brokerPort) { subscriber in
        try await withLinesDevice(gateway) { device in
          try device.write(bytes + [10])
          try await subscriber.waitForOutput("devices/demo/up \(hex(bytes))\n")
        }
      }
    }
  }

  @Test(arguments: ["0", "1"], ["tlsv1.2", "tlsv1.3"])
  func `a binary payload from mosquitto_pub arrives byte for byte`(qos: String, version: String) async throws {
    try await withGateway { gateway in
      try await withSubscriber(to: "devices/+/up/#", port: gateway.brokerPort) { subscriber in
        try await withTemporaryDirectory { directory in
          let bytes = (0..<4096).map { UInt8($0 % 256) }
          try write(bytes, to: directory + "/payload")
          let options = ["-q", qos, "-f", directory + "/payload", "--tls-version", version, "-V", "mqttv311"]
          #expect(try await publish(gateway, topic: "sensors/1", options) == 0)
          try await subscriber.waitForOutput("devices/demo/up/sensors/1 \(hex(bytes))\n")
        }
      }
    }
  }

  @Test func `ALPN and the device's own protocol choose, too`() async throws {
    let add = { (devices: String) in
      try addDevice("lines", key: key(1), "protocol: lines", in: devices)
      try addDevice("mqtt", key: key(2), "protocol: mqtt", in: devices)
      try addDevice("demo", in: devices)
    }
    try await withGateway(devices: add) { gateway in
      try await withSubscriber(to: "devices/+/up/#", port: gateway.brokerPort) { subscriber in
        // The first byte of a CONNECT, in a line.
        try await withLinesDevice(gateway, identity: "lines", key: key(1)) { device in
          try device.write([0x10, 0x41, 10])
          try await subscriber.waitForOutput("devices/lines/up 1041\n")
        }
        #expect(try await publish(gateway, identity: "mqtt", key: key(2), ["-m", "x", "--tls-alpn", "mqtt"]) == 0)
        try await subscriber.waitForOutput("devices/mqtt/up/a/b \(hex("x".utf8))\n")
        try await withLinesDevice(gateway, ["-alpn", "mqtt"]) { device in
          try device.write("this is no CONNECT\n")
          try await device.waitForExit()
        }
      }
    }
  }

  @Test func `a QoS 1 message is acknowledged after the broker has acknowledged it`() async throws {
    try await withMosquitto { broker in
      // Long enough that it does not go to disk instead.
      try await withGateway(broker: broker, configuration: "spool: {after: 60s}") { gateway in
        broker.process.signal(19)
        let arguments = [
          "-h", "127.0.0.1", "-p", "\(gateway.port)", "--psk-identity", "demo", "--psk", key(), "-t", "a", "-m", "x",
          "-q",
          "1", "-d",
        ]
        try await withProcess("stdbuf", ["-oL", "mosquitto_pub"] + arguments) { device in
          try await device.waitForOutput("sending PUBLISH")
          // The broker is stopped: the gateway has the message and says nothing.
          try await eventually("the message in the gateway") {
            gateway.process.errorOutput.contains("device connected device.id=demo")
          }
          #expect(!device.output.contains("received PUBACK"))
          broker.process.signal(18)
          try await device.waitForOutput("received PUBACK")
        }
      }
    }
  }
}
