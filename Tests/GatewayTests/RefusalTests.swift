import TestSupport
import Testing

/// Who may not connect, and who is told what.
@Suite struct RefusalTests {
  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func `each kind of wrong credentials is told apart to the operator and not to the peer`(version: String) async throws
  {
    let add = { (devices: String) in
      try addDevice("demo", in: devices)
      try addDevice("off", key: key(1), "enabled: false", in: devices)
      try addDevice("elsewhere", key: key(2), "from: [192.0.2.0/24]", in: devices)
      try addDevice("other-tls", key: key(3), version == "-tls1_2" ? "tls: \"1.3\"" : "tls: \"1.2\"", in: devices)
    }
    try await withGateway(devices: add) { gateway in
      try await withRejections(of: gateway) { rejections in
        var answers: [String] = []
        for (identity, number, reason) in [
          ("demo", 9, "wrongPreSharedKey"), ("nobody", 0, "unknownPSKIdentity"), ("off", 1, "disabledDevice"),
          ("elsewhere", 2, "wrongAddress"), ("other-tls", 3, "wrongTLSVersion"),
        ] {
          answers.append(try await refusal(gateway, identity: identity, key: key(number), version))
          try await rejections.waitForOutput(
            "\"identity\":\"\(identity)\",\"identity_hex\":\"\(hex(identity.utf8))\",\"reason\":\"\(reason)\"")
        }
        #expect(Set(answers).count == 1, "\(answers)")
      }
    }
  }

  @Test func `plain text is refused with its event`() async throws {
    try await withGateway { gateway in
      try await withRejections(of: gateway) { rejections in
        _ = try await withProcess(
          "bash", ["-c", "printf 'GET / HTTP/1.0\\r\\n\\r\\n' > /dev/tcp/127.0.0.1/\(gateway.port)"]
        ) {
          try await $0.waitForExit()
        }
        try await rejections.waitForOutput("\"reason\":\"notTLS\"")
      }
    }
  }

  @Test func `many refusals of a kind are one event with their number`() async throws {
    try await withGateway { gateway in
      try await withRejections(of: gateway) { rejections in
        // All at once: one event a second is told of them, however slow the machine.
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<20 {
            group.addTask { _ = try await refusal(gateway, identity: "nobody", key: key(), "-tls1_2") }
          }
          try await group.waitForAll()
        }
        try await eventually("20 refusals, but: \(rejections.output)") { total(rejections.output) == 20 }
        #expect(rejections.output.split(separator: "\n").filter { $0.contains("nobody") }.count < 20)
      }
    }
  }

  @Test func `a weak key works only where it is accepted`() async throws {
    let weak = "0102030405060708"
    let add = { (devices: String) in
      try addDevice("strict", key: weak, in: devices)
      try addDevice("lax", key: "0807060504030201", "weak_key: accepted", in: devices)
    }
    try await withGateway(devices: add) { gateway in
      #expect(gateway.process.errorOutput.contains("strict.yaml:1: error"))
      let lax = try await publish(gateway, identity: "lax", key: "0807060504030201", ["-m", "x", "-q", "1"])
      let strict = try await publish(gateway, identity: "strict", key: weak, ["-m", "x"])
      #expect(lax == 0)
      #expect(strict != 0)
    }
  }
}

/// What a refused client sees: the alert, without what differs between two runs of the client.
private func refusal(
  _ gateway: RunningGateway, identity: String, key: String, _ version: String
) async throws -> String {
  try await withLinesDevice(gateway, identity: identity, key: key, [version]) { device in
    try await device.waitForExit()
    let lines = (device.output + device.errorOutput).split(separator: "\n")
    return lines.filter { $0.contains("alert") }.map { $0.drop { $0 != ":" } }.joined()
  }
}

func withRejections(
  of gateway: RunningGateway, _ body: (ChildProcess) async throws -> Void
) async throws {
  let arguments = ["-oL", "mosquitto_sub", "-h", "127.0.0.1", "-p", "\(gateway.brokerPort)", "-d", "-v", "-t"]
  try await withProcess("stdbuf", arguments + ["gateways/node/rejected"]) { subscriber in
    try await subscriber.waitForOutput("Subscribed")
    try await body(subscriber)
  }
}

private func total(_ output: String) -> Int {
  output.matches(of: /"count":(\d+)/).compactMap { Int($0.1) }.reduce(0, +)
}
