import Foundation
import TestSupport
import Testing

/// Many devices at once.
@Suite struct FleetTests {
  private static let devices = 1000
  private static let messages = 100

  @Test func `1,000 devices publish 100 messages each at QoS 1, and none is lost`() async throws {
    let add = { (devices: String) in
      let lines = (0..<Self.devices).map { number in
        "\(Self.id(number)):\(key(number))\n"
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
  /// They are in a session of their own, so that all of them end with the script, however it ends.
  private static let script = """
    set -u
    trap 'trap - TERM EXIT; kill 0' TERM EXIT
    directory=$1 port=$2 messages=$3
    while IFS=: read -r id key; do
      { read -r _ < "$directory/go"; seq -f "$id %g" 1 "$messages"; } |
        mosquitto_pub -h 127.0.0.1 -p "$port" --psk-identity "$id" --psk "$key" -i "$id" -t n -q 1 -l -k 600 &
      pids="${pids:-} $!"
    done < "$4"
    failed=0
    for pid in $pids; do wait "$pid" || failed=1; done
    trap - TERM EXIT
    exit $failed
    """

  private func runFleet(_ gateway: RunningGateway) async throws -> (status: Int32?, errorOutput: String) {
    try await withTemporaryDirectory { directory in
      try write(Self.script, to: directory + "/fleet.sh")
      _ = unsafe mkfifo(directory + "/go", 0o600)
      let arguments = ["--wait", "bash", directory + "/fleet.sh", directory, "\(gateway.port)", "\(Self.messages)"]
      return try await withProcess("setsid", arguments + [gateway.devices + "/fleet.psk"]) { fleet in
        try await eventually("all connected", within: .seconds(180)) { try await online(gateway) == Self.devices }
        // Whoever waits to read goes on when the pipe has been opened for writing.
        try FileHandle(forWritingTo: URL(fileURLWithPath: directory + "/go")).close()
        try await eventually("the fleet's end", within: .seconds(300)) { fleet.exitStatus != nil }
        return (fleet.exitStatus, fleet.errorOutput)
      }
    }
  }

  private func online(_ gateway: RunningGateway) async throws -> Int {
    let status = try await run(
      try builtProduct("gwctl"), ["status", "--json", "--control", gateway.state + "/control.sock"])
    return status.output.firstMatch(of: /"online" ?: ?(\d+)/).flatMap { Int($0.1) } ?? 0
  }

  private static func id(_ number: Int) -> String { "dev-" + padded(String(number), 4) }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: "0", count: width - text.count) + text
  }

  private static func line(of device: Int, _ number: Int) -> Substring {
    "devices/\(id(device))/up/n \(hex("\(id(device)) \(number)".utf8))"
  }
}
