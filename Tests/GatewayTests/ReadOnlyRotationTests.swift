import Foundation
import TestSupport
import Testing

/// Rotations where gatewayd may not write to devices.d: it sees the directory through a read-only mount, gwctl does not.
@Suite(.enabled(if: ReadOnlyMount.isPossible, "mounts need root (unshare -m)")) struct ReadOnlyRotationTests {
  @Test func `what cannot be written is kept, and gwctl writes it`() async throws {
    try await withGateway(launcher: ReadOnlyMount.launcher) { gateway in
      let new = try await rotate("demo", at: gateway)
      #expect(try await publish(gateway, identity: new.identity, key: new.key, ["-m", "x", "-q", "1"]) == 0)
      try await gateway.process.waitForOutput("run 'gwctl rotation finish'")
      #expect(try await publish(gateway, ["-m", "x"]) != 0)

      // After a kill the old key stays dead, though the file still has it.
      try await gateway.restarted { gateway in
        #expect(try await publish(gateway, ["-m", "x"]) != 0)
        #expect(try await publish(gateway, identity: new.identity, key: new.key, ["-m", "x", "-q", "1"]) == 0)
        let status = try await gwctl(gateway, "rotation", "status")
        #expect(status.errorOutput.contains("run 'gwctl rotation finish'"))
        #expect(try await statuses(at: gateway).first?["moved"] as? Bool == true)
        #expect(try keys(inStateOf: gateway).isEmpty)

        #expect(try await gwctl(gateway, "rotation", "finish").status == 0)
        try await finishedFile(of: "demo", new, at: gateway)
        #expect(try await statuses(at: gateway).isEmpty)
        // What the file says itself need not be kept.
        try await eventually("an empty journal") { try journal(of: gateway).isEmpty }
        #expect(try await publish(gateway, identity: new.identity, key: new.key, ["-m", "x", "-q", "1"]) == 0)
        #expect(try await publish(gateway, ["-m", "x"]) != 0)
      }
    }
  }

  @Test func `another rotation wins over one that was kept`() async throws {
    try await withGateway(launcher: ReadOnlyMount.launcher) { gateway in
      let first = try await rotate("demo", at: gateway)
      #expect(try await publish(gateway, identity: first.identity, key: first.key, ["-m", "x", "-q", "1"]) == 0)
      try await eventually("the journal") { try !journal(of: gateway).isEmpty }
      let second = try await rotate("demo", at: gateway, "--now")
      #expect(try await publish(gateway, identity: first.identity, key: first.key, ["-m", "x"]) != 0)
      #expect(try await publish(gateway, identity: second.identity, key: second.key, ["-m", "x", "-q", "1"]) == 0)
      try await eventually("an empty journal") { try journal(of: gateway).isEmpty }
    }
  }

  private func journal(of gateway: RunningGateway) throws -> String {
    try String(contentsOfFile: gateway.state + "/rotations", encoding: .utf8)
  }

  /// Files of the state directory that hold the key of a device, or its digits.
  private func keys(inStateOf gateway: RunningGateway) throws -> [String] {
    let digits = try ["demo.yaml"].flatMap { name in
      try String(contentsOfFile: "\(gateway.devices)/\(name)", encoding: .utf8).matches(of: /[0-9a-f]{32,}/)
        .map { String($0.output) }
    }
    return try FileManager.default.contentsOfDirectory(atPath: gateway.state).filter { name in
      let text = FileManager.default.contents(atPath: "\(gateway.state)/\(name)").map {
        String(decoding: $0, as: UTF8.self)
      }
      return digits.contains { text?.contains($0) == true }
    }
  }
}

/// A mount that a program sees read-only, in a mount namespace of its own, and nobody else.
enum ReadOnlyMount {
  /// Whether this machine lets us.
  static let isPossible: Bool = {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c", "unshare -m sh -c 'mount --bind /tmp /tmp && mount -o remount,ro,bind /tmp' 2>/dev/null",
    ]
    do { try process.run() } catch { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  /// What comes before the command line of a program that is to see `directory` read-only.
  static func launcher(_ directory: String) -> [String] {
    let script = #"mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@""#
    return ["unshare", "-m", "sh", "-c", script, directory]
  }
}
