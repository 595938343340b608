import Foundation
import TestSupport
import Testing

/// gatewayd as systemd runs it: sockets that are handed over, notifications, signs of life, and the units.
@Suite struct SystemdTests {
  private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("tools/systemd").path

  @Test func `the units are in order, and leave little to attack`() async throws {
    try await withTemporaryDirectory { directory in
      // The program that they name is looked for as well.
      let program = try builtProduct("gatewayd")
      for unit in ["gatewayd.service", "gatewayd.socket"] {
        let text = try String(contentsOfFile: "\(folder)/\(unit)", encoding: .utf8)
        try write(text.replacing("/usr/local/bin/gatewayd", with: program), to: "\(directory)/\(unit)", mode: 0o644)
      }
      let units = ["\(directory)/gatewayd.service", "\(directory)/gatewayd.socket"]
      let verified = try await run("systemd-analyze", ["verify", "--man=no"] + units)
      #expect(verified.status == 0 && !verified.errorOutput.contains("gatewayd."), "\(verified.errorOutput)")
      let arguments = ["security", "--no-pager", "--offline=true", "--threshold=20", units[0]]
      let rated = try await run("systemd-analyze", arguments)
      #expect(rated.status == 0, "\(rated.output)")
    }
  }

  @Test func `it serves a socket that is handed over, says so, and tells its watchdog`() async throws {
    try await withNotifications { notifications in
      try await withActivated(["NOTIFY_SOCKET=\(notifications.path)", "WATCHDOG_USEC=2000000"]) { scene in
        #expect(try await publish(to: scene.port) == 0)
        try await eventually("ready") { notifications.all.contains("READY=1") }
        try await eventually("signs of life") { notifications.all.count { $0 == "WATCHDOG=1" } > 3 }
        scene.process.signal(SIGHUP)
        try await eventually("a reload") {
          notifications.all.contains { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") }
            && notifications.all.count { $0 == "READY=1" } == 2
        }
        #expect(scene.process.errorOutput.contains("port=\(scene.port)"))
        scene.process.signal(SIGTERM)
        try await eventually("the end is told") { notifications.all.contains("STOPPING=1") }
        #expect(try await scene.process.waitForExit() == 0)
      }
    }
  }

  @Test func `numbers that are none are status 78`() async throws {
    // The shell keeps its process id when it becomes gatewayd.
    let script =
      "LISTEN_PID=$$ LISTEN_FDS=$1 exec \"$0\" --state \"$2/state\" --devices \"$2\" --broker mqtt://127.0.0.1:1"
    for (count, said) in [("many", "LISTEN_FDS=many, allowed is 0 to 256"), ("200", "but descriptor")] {
      try await withTemporaryDirectory { directory in
        let ended = try await run("bash", ["-c", script, try builtProduct("gatewayd"), count, directory])
        #expect(ended.status == 78)
        #expect(ended.errorOutput.contains(said), "\(ended.errorOutput)")
      }
    }
  }

  @Test func `an upgrade refuses no connection`() async throws {
    try await withMosquitto { broker in
      try await withTemporaryDirectory { directory in
        let devices = directory + "/devices.d"
        try FileManager.default.createDirectory(
          atPath: devices, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        try addDevice("demo", in: devices)
        let listener = try ListeningSocket()
        let arguments = [
          try builtProduct("gatewayd"), "--devices", devices, "--state", directory + "/state", "--broker",
          "mqtt://127.0.0.1:\(broker.port)",
        ]
        let first = try Self.activate(listener, arguments)
        try await first.waitForOutput("listening")
        #expect(try await publish(to: listener.port) == 0)
        first.signal(SIGTERM)
        #expect(try await first.waitForExit() == 0)
        // Nobody serves the socket now, and nobody refuses.
        async let waiting = publish(to: listener.port)
        let second = try Self.activate(listener, arguments)
        #expect(try await waiting == 0)
        second.signal(SIGTERM)
        #expect(try await second.waitForExit() == 0)
      }
    }
  }

  /// Starts a gateway on a socket of this process. The shell keeps its process id when it becomes gatewayd.
  private static func activate(_ listener: ListeningSocket, _ arguments: [String]) throws -> ChildProcess {
    let script = "exec 3<&0 </dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" \"$@\""
    return try ChildProcess("bash", ["-c", script] + arguments, inheriting: listener.descriptor)
  }
}

/// The exit status of a device that publishes one message.
private func publish(to port: Int) async throws -> Int32? {
  let arguments = [
    "-h", "127.0.0.1", "-p", "\(port)", "--psk-identity", "demo", "--psk", key(), "-t", "a", "-m", "x", "-q", "1",
  ]
  return try await run("mosquitto_pub", arguments).status
}

/// gatewayd behind systemd-socket-activate(1), which starts it with the first connection.
private struct Activated {
  let port: Int
  let process: ChildProcess
}

private func withActivated(_ variables: [String], _ body: (Activated) async throws -> Void) async throws {
  try await withMosquitto { broker in
    try await withTemporaryDirectory { directory in
      try FileManager.default.createDirectory(
        atPath: directory + "/devices.d", withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
      try addDevice("demo", in: directory + "/devices.d")
      let port = try freePort()
      let arguments =
        ["--listen=127.0.0.1:\(port)", "env"] + variables + [
          try builtProduct("gatewayd"), "--devices", directory + "/devices.d", "--state", directory + "/state",
          "--broker",
          "mqtt://127.0.0.1:\(broker.port)",
        ]
      try await withProcess("systemd-socket-activate", arguments) { process in
        try await process.waitForOutput("Listening on")
        try await body(Activated(port: port, process: process))
      }
    }
  }
}
