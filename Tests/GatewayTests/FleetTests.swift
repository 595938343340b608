import TestSupport
import Testing

/// Many devices at once.
@Suite struct FleetTests {
  private static let devices = 1000
  private static let messages = 100

  @Test func `1,000 devices publish 100 messages each at QoS 1, and none is lost`() async throws {
    let add = { (devices: String) in
      let lines = (0..<Self.devices).map { number in
        "\(Self.id(number)):\(Self.padded(String(number + 1, radix: 16), 32))\n"
      }
      try write(lines.joined(), to: devices + "/fleet.psk")
    }
    try await withGateway(devices: add) { gateway in
      try await withSubscriber(to: "devices/+/up/n", port: gateway.brokerPort) { subscriber in
        let ended = try await runFleet(gateway)
        #expect(ended.status == 0, "\(ended.errorOutput.suffix(2000))")
        let expected = Self.devices * Self.messages
        try await eventually("\(expected) messages", within: .seconds(120)) {
          subscriber.outputBytes.count { $0 == 10 } >= expected
        }
        let arrived = Set(subscriber.output.split(separator: "\n").filter { $0.hasPrefix("devices/") })
        #expect(arrived.count == expected)
        #expect(arrived.isSuperset(of: (1...Self.messages).map { Self.line(of: 0, $0) }))
        #expect(arrived.isSuperset(of: (1...Self.messages).map { Self.line(of: Self.devices - 1, $0) }))
      }
    }
  }

  /// Each device is a mosquitto_pub of its own: it connects, waits for the others, and then publishes a line at a time.
  private func runFleet(_ gateway: RunningGateway) async throws -> (status: Int32?, errorOutput: String) {
    try await withTemporaryDirectory { directory in
      let script = """
        set -u
        for number in $(seq 0 \(Self.devices - 1)); do
          id=$(printf 'dev-%04d' "$number")
          { while [ ! -e \(directory)/go ]; do sleep 0.2; done; seq -f "$id %g" 1 \(Self.messages); } |
            mosquitto_pub -h 127.0.0.1 -p \(gateway.port) --psk-identity "$id" --psk "$(printf '%032x' $((number + 1)))" \
              -i "$id" -t n -q 1 -l -k 600 &
          pids="${pids:-} $!"
        done
        touch \(directory)/started
        failed=0
        for pid in $pids; do wait "$pid" || failed=1; done
        exit $failed
        """
      try write(script, to: directory + "/fleet.sh")
      return try await withProcess("bash", [directory + "/fleet.sh"]) { fleet in
        try await eventually("all connected", within: .seconds(180)) {
          gateway.process.errorOutput.matches(of: /device connected/).count >= Self.devices
        }
        try write("", to: directory + "/go")
        try await eventually("the fleet's end", within: .seconds(240)) { fleet.exitStatus != nil }
        return (fleet.exitStatus, fleet.errorOutput)
      }
    }
  }

  private static func id(_ number: Int) -> String { "dev-" + padded(String(number), 4) }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: "0", count: width - text.count) + text
  }

  private static func line(of device: Int, _ number: Int) -> Substring {
    "devices/\(id(device))/up/n \(hex("\(id(device)) \(number)".utf8))"
  }
}
