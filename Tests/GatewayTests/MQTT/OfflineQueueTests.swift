import Glibc
import TestSupport
import Testing

/// What comes for a device that is away waits for it, on disk.
@Suite struct OfflineQueueTests {
  /// A device that subscribed to everything with QoS 2 and left.
  private func leaveSession(_ gateway: RunningGateway, _ version: MQTTVersion = .v5) async throws {
    try await withMQTTDevice(gateway, "demo", .lasting(version)) { device in
      try await device.subscribe(to: "#", 2)
      try await device.disconnect()
    }
  }

  /// Tells the device `0` to `count - 1` with QoS 0, 1 and 2 in turn.
  private func tell(_ gateway: RunningGateway, _ numbers: Range<Int>) async throws {
    for number in numbers { try await gateway.tell("devices/demo/down/\(number)", "x", qos: UInt8(number % 3)) }
  }

  /// The topics of what the device is told when it is back, up to `end`, which it is told then; for each QoS, since a message of
  /// QoS 2 has arrived only with its PUBREL.
  private func comeBack(_ gateway: RunningGateway, _ version: MQTTVersion = .v5) async throws -> [[String]] {
    try await withMQTTDevice(gateway, "demo", .lasting(version)) { device in
      #expect(device.connack.isSessionPresent)
      try await gateway.tell("devices/demo/down/end", "x", qos: 2)
      var topics: [[String]] = [[], [], []]
      while topics[2].last != "end" {
        let message = try await device.nextMessage()
        topics[Int(message.qos)].append(message.topic)
      }
      // Answered from the disk, which by then knows what the device has acknowledged.
      try await device.ping()
      try await device.subscribe(to: "#", 2)
      try await device.disconnect()
      return topics
    }
  }

  @Test(arguments: MQTTVersion.allCases)
  func `QoS 1 and 2 wait in order, QoS 0 does not`(version: MQTTVersion) async throws {
    try await withMQTTGateway { gateway in
      try await leaveSession(gateway, version)
      try await tell(gateway, 0..<9)
      #expect(try await comeBack(gateway, version) == [[], ["1", "4", "7"], ["2", "5", "8", "end"]])
      #expect(try await comeBack(gateway, version) == [[], [], ["end"]], "what was acknowledged does not come again")
    }
  }

  @Test func `they wait over a kill -9 of the gateway`() async throws {
    try await withMQTTGateway { gateway in
      try await leaveSession(gateway)
      try await tell(gateway, 0..<6)
      try await delivered(gateway)
      try await gateway.killed { again in
        try await tell(again, 6..<9)
        #expect(try await comeBack(again) == [[], ["1", "4", "7"], ["2", "5", "8", "end"]])
        let rest = try await again.killed { try await comeBack($0) }
        #expect(rest == [[], [], ["end"]], "what was acknowledged does not come again")
      }
    }
  }

  @Test(arguments: [SIGKILL, SIGTERM])
  func `what is said while the gateway is away waits at the broker`(signal: Int32) async throws {
    try await withMQTTGateway { gateway in
      try await leaveSession(gateway)
      gateway.process.signal(signal)
      try await gateway.process.waitForExit()
      try await tell(gateway, 0..<6)
      let heard = try await gateway.killed { try await comeBack($0) }
      #expect(heard == [[], ["1", "4"], ["2", "5", "end"]])
    }
  }

  /// Waits until everything that the broker was told has reached the gateway: another device is told after it.
  private func delivered(_ gateway: RunningGateway) async throws {
    try addDevice("probe", key: key(9), in: gateway.devices)
    try await gateway.reload()
    try await withMQTTDevice(gateway, "probe", key: key(9)) { probe in
      try await probe.subscribe(to: "x", 1)
      try await gateway.tell("devices/probe/down/x", "x")
      _ = try await probe.nextMessage()
    }
  }

  @Test(arguments: [UInt8(1), 2])
  func `what was sent and not acknowledged is sent again, as a duplicate`(qos: UInt8) async throws {
    try await withMQTTGateway { gateway in
      try await withMQTTDevice(gateway, "demo", .lasting()) { device in
        try await device.subscribe(to: "a", qos)
        try await gateway.tell("devices/demo/down/a", "x", qos: qos)
        let message = try await device.next(.publish).message
        #expect(!message.isDuplicate)
        try await device.drop()
      }
      try await withMQTTDevice(gateway, "demo", .lasting()) { device in
        let message = try await device.nextMessage()
        #expect(message.summary == "a x q\(qos)" && message.isDuplicate)
      }
    }
  }

  @Test func `a QoS 2 message that the device has received is only released again`() async throws {
    try await withMQTTGateway { gateway in
      let id = try await withMQTTDevice(gateway, "demo", .lasting()) { device in
        try await device.subscribe(to: "a", 2)
        try await gateway.tell("devices/demo/down/a", "x", qos: 2)
        let message = try await device.next(.publish).message
        try device.acknowledge(0x50, message.packetID)
        _ = try await device.next(.pubrel)
        try await device.drop()
        return message.packetID
      }
      // Nor does a connection that is lost before it is let in change that.
      for _ in 0..<3 { try await connectAndLeave(gateway) }
      try await withMQTTDevice(gateway, "demo", .lasting()) { device in
        #expect(try await device.next(.pubrel).packetID == id)
        #expect(device.waiting(.publish).isEmpty)
        try device.acknowledge(0x70, id)
        try await gateway.tell("devices/demo/down/a", "end")
        #expect(try await device.nextMessage().payload == "end")
      }
    }
  }

  /// Says CONNECT and closes the connection right behind it.
  private func connectAndLeave(_ gateway: RunningGateway) async throws {
    try await withLinesDevice(gateway, ["-no_ign_eof"]) { process in
      try process.write(MQTTDevice.Greeting.lasting().packet(name: "demo"))
      try process.closeInput()
      try await process.waitForExit()
    }
  }

  @Test func `a QoS 2 message that the device repeats over its connections arrives once`() async throws {
    try await withMQTTGateway { gateway in
      try await withApplication(gateway, hears: ["devices/demo/up/#"]) { application in
        let publish: [UInt8] = [0x34, 8, 0, 1] + Array("a".utf8) + [0, 9, 0] + Array("hi".utf8)
        try await withMQTTDevice(gateway, "demo", .lasting()) { device in
          try device.send(publish)
          #expect(try await device.next(.pubrec).packetID == 9)
          try await device.drop()
        }
        try await withMQTTDevice(gateway, "demo", .lasting()) { device in
          try device.send([0x3c] + publish.dropFirst())
          _ = try await device.next(.pubrec)
          try device.acknowledge(0x62, 9)
          _ = try await device.next(.pubcomp)
          try await device.publish("end", "x")
        }
        #expect(try await application.before("devices/demo/up/end x") == ["devices/demo/up/a hi"])
      }
    }
  }

  @Test func `a long queue comes in order`() async throws {
    try await withMQTTGateway { gateway in
      try await leaveSession(gateway)
      let numbers = (0..<500).map { String($0) }
      let options = ["-h", "127.0.0.1", "-p", "\(gateway.brokerPort)", "-t", "devices/demo/down/a", "-q", "1", "-l"]
      let lines = numbers.map { $0 + String(repeating: " ", count: 500) + "\n" }.joined()
      let outcome = try await run("mosquitto_pub", options, input: lines)
      #expect(outcome.status == 0)
      try await withMQTTDevice(gateway, "demo", .lasting()) { device in
        var heard: [String] = []
        while heard.count < 500 { heard.append(String(try await device.nextMessage().payload.prefix { $0 != " " })) }
        #expect(heard == numbers)
      }
    }
  }

  @Test func `a queue has a bound, and keeps the oldest`() async throws {
    try await withMQTTGateway(configuration: "sessions: {maximum_queued: 3}") { gateway in
      try await leaveSession(gateway)
      for number in 0..<6 { try await gateway.tell("devices/demo/down/\(number)", "x") }
      #expect(try await comeBack(gateway)[1] == ["0", "1", "2"])
    }
  }

  @Test func `a device that does not acknowledge gets what its Receive Maximum allows`() async throws {
    try await withMQTTGateway { gateway in
      let receiveMaximum = MQTTProperty(id: 0x21, value: .int16(2))
      try await withMQTTDevice(gateway, "demo", .init(properties: [receiveMaximum])) { device in
        try await device.subscribe(to: "#", 1)
        for number in 0..<4 { try await gateway.tell("devices/demo/down/\(number)", "x") }
        let first = try await device.next(.publish).message
        let second = try await device.next(.publish).message
        try await device.ping()
        #expect(device.waiting(.publish).isEmpty)
        for message in [first, second] { try device.acknowledge(0x40, message.packetID) }
        #expect(try await device.nextMessage().topic == "2")
        #expect(try await device.nextMessage().topic == "3")
      }
    }
  }
}
