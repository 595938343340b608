import TestSupport
import Testing

/// Subscribers of `$share/GROUP/FILTER` share what comes (MQTT 5 §4.8.2).
@Suite struct SharedSubscriptionTests {
  /// Tells `topics` and then says `end` to each of `devices`; returns what each has heard.
  private func share(
    _ topics: [String], among devices: [MQTTDevice], _ gateway: RunningGateway, end: String
  ) async throws -> [[String]] {
    for device in devices { try await device.subscribe(to: "end") }
    for (number, topic) in topics.enumerated() { try await gateway.tell(topic, "\(number)") }
    try await gateway.tell(end, "end")
    var heard: [[String]] = []
    for device in devices {
      var own: [String] = []
      while own.last != "end" { own.append(try await device.nextMessage().payload) }
      heard.append(own.dropLast())
    }
    return heard
  }

  @Test func `the client ids of one device share its commands evenly`() async throws {
    try await withMQTTGateway(devices: { try addDevice("demo", key: key(), "sessions: per-client-id", in: $0) }) {
      gateway in
      try await withMQTTDevice(gateway, "demo", .init(clientID: "a")) { first in
        try await withMQTTDevice(gateway, "demo", .init(clientID: "b")) { second in
          for device in [first, second] { try await device.subscribe(to: "$share/g/work/#") }
          let topics = Array(repeating: "devices/demo/down/work/x", count: 8)
          let heard = try await share(topics, among: [first, second], gateway, end: "devices/demo/down/end")
          #expect(heard.map(\.count) == [4, 4])
          #expect(heard.flatMap(\.self).sorted() == (0..<8).map(String.init))
        }
      }
    }
  }

  @Test func `devices share what both may hear, each message once`() async throws {
    try await withMQTTGateway(devices: addVerbatimPair) { gateway in
      try await withMQTTDevice(gateway, "one", key: key(1)) { first in
        try await withMQTTDevice(gateway, "two", key: key(2)) { second in
          for device in [first, second] { try await device.subscribe(to: "$share/g/work") }
          let heard = try await share(
            Array(repeating: "work", count: 8), among: [first, second], gateway, end: "end")
          #expect(heard.flatMap(\.self).sorted() == (0..<8).map(String.init))
          #expect(heard.allSatisfy { !$0.isEmpty })
        }
      }
    }
  }

  @Test func `many devices share, wherever they live`() async throws {
    let names = (0..<6).map { "dev-\($0)" }
    let add = { (devices: String) in for name in names { try addVerbatim(name, in: devices) } }
    try await withMQTTGateway(devices: add) { gateway in
      let heard = try await withMQTTDevices(gateway, names) { devices in
        for device in devices { try await device.subscribe(to: "$share/g/work/+", 1) }
        return try await share((0..<12).map { "work/\($0)" }, among: devices, gateway, end: "end")
      }
      #expect(heard.map(\.count) == Array(repeating: 2, count: 6))
      #expect(Set(heard.flatMap(\.self)).count == 12)
    }
  }

  @Test func `two groups and a plain subscription hear everything, each for itself`() async throws {
    try await withMQTTGateway(devices: addVerbatimPair) { gateway in
      try await withMQTTDevice(gateway, "one", key: key(1)) { first in
        try await withMQTTDevice(gateway, "two", key: key(2)) { second in
          try await first.subscribe(to: "$share/g/work", 1, [.subscriptionIdentifier(1)])
          try await first.subscribe(to: "work", 1, [.subscriptionIdentifier(2)])
          try await second.subscribe(to: "$share/h/work")
          let heard = try await share(
            Array(repeating: "work", count: 3), among: [first, second], gateway, end: "end")
          #expect(heard[0].sorted() == ["0", "0", "1", "1", "2", "2"])
          #expect(heard[1] == ["0", "1", "2"])
        }
      }
    }
  }

  @Test func `whoever leaves the group leaves all to the other`() async throws {
    try await withMQTTGateway(devices: addVerbatimPair) { gateway in
      try await withMQTTDevice(gateway, "one", key: key(1)) { first in
        try await first.subscribe(to: "$share/g/work")
        try await withMQTTDevice(gateway, "two", key: key(2)) { second in
          try await second.subscribe(to: "$share/g/work")
          try await second.unsubscribe(from: "$share/g/work")
          let heard = try await share(
            Array(repeating: "work", count: 4), among: [first, second], gateway, end: "end")
          #expect(heard == [["0", "1", "2", "3"], []])
        }
      }
    }
  }

  @Test func `who is away is passed over while another is there`() async throws {
    try await withMQTTGateway(devices: addVerbatimPair) { gateway in
      try await withMQTTDevice(gateway, "two", key: key(2), .lasting()) { device in
        try await device.subscribe(to: "$share/g/work")
        try await device.disconnect()
      }
      try await withMQTTDevice(gateway, "one", key: key(1)) { device in
        try await device.subscribe(to: "$share/g/work")
        let heard = try await share(Array(repeating: "work", count: 4), among: [device], gateway, end: "end")
        #expect(heard == [["0", "1", "2", "3"]])
      }
      // Nobody is there: it waits.
      try await gateway.tell("work", "waits")
      try await withMQTTDevice(gateway, "two", key: key(2), .lasting()) { device in
        #expect(try await device.nextMessage().payload == "waits")
        try await device.ping()
      }
    }
  }

  @Test func `a shared subscription that is No Local is a protocol error`() async throws {
    try await withMQTTGateway { gateway in
      try await withMQTTDevice(gateway) { device in
        // [MQTT-3.8.3-4]
        try device.send([0x82, 0x0e, 0, 1, 0, 0, 8] + Array("$share/g".utf8) + [5])
        #expect(try await device.next(.disconnect).reason >= 0x80)
      }
    }
  }
}
