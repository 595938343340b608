import Glibc
import TestSupport
import Testing

/// The gateway itself is killed, or told to stop.
@Suite(.serialized) struct GatewayFaultTests {
  @Test func `kill -9 under load loses nothing that was acknowledged`() async throws {
    try await FaultScene.play { scene, _ in
      let (audit, summary) = try await scene.withFleet(rate: 50) {
        for _ in 0..<5 {
          try await scene.settle(Int.random(in: 1...300))
          try await scene.daemon.end(SIGKILL)
          try await scene.daemon.start()
        }
      }
      #expect(audit.holds, "\(audit); \(summary)")
    }
  }

  @Test func `kill -9 while the broker is away leaves what was acknowledged on disk`() async throws {
    try await FaultScene.play { scene, _ in
      let (audit, summary) = try await scene.withFleet(rate: 50) {
        scene.proxy.set(.refusing)
        scene.proxy.cut()
        for round in 1...3 {
          try await scene.spooled(atLeast: 300 * round)
          try await scene.daemon.end(SIGKILL)
          try await scene.daemon.start()
        }
      }
      #expect(audit.holds, "\(audit); \(summary)")
    }
  }

  @Test func `kill -9 while the spool drains repeats at most, and keeps the order`() async throws {
    try await FaultScene.play { scene, _ in
      let (audit, summary) = try await scene.withFleet(rate: 50) {
        scene.proxy.set(.refusing)
        scene.proxy.cut()
        try await scene.spooled(atLeast: 1_000)
        scene.proxy.set(.slow(.milliseconds(20)))
        for _ in 0..<3 {
          try await scene.settle(100)
          try await scene.daemon.end(SIGKILL)
          try await scene.daemon.start()
        }
      }
      #expect(audit.holds, "\(audit); \(summary)")
    }
  }

  @Test func `a stop in the middle of an outage leaves everything to the next run`() async throws {
    try await FaultScene.play { scene, _ in
      let (audit, summary) = try await scene.withFleet {
        scene.proxy.set(.refusing)
        scene.proxy.cut()
        try await scene.spooled(atLeast: 200)
        #expect(try await scene.daemon.end(SIGTERM) == 0)
        try await scene.daemon.start()
        try await scene.spooled(atLeast: 300)
        scene.proxy.set(.frozen)
        #expect(try await scene.daemon.end(SIGTERM) == 0)
        try await scene.daemon.start()
      }
      #expect(audit.holds, "\(audit); \(summary)")
    }
  }

  @Test func `2,000 devices that come back at once are all served, while what is on disk drains`() async throws {
    // As a shell may start it: a soft limit of fewer files than there are devices.
    let launcher = ["prlimit", "--nofile=1024:8192"]
    try await FaultScene.play(devices: 2_000, launcher: launcher) { scene, _ in
      let (audit, summary) = try await scene.withFleet(rate: 0.5) {
        try await eventually("all of them", within: .seconds(120)) { try await scene.online() == 2_000 }
        scene.proxy.set(.refusing)
        scene.proxy.cut()
        try await scene.spooled(atLeast: 3_000)
        try await scene.daemon.end(SIGKILL)
        try await scene.daemon.start()
        scene.proxy.set(.fair)
        try await eventually("all of them again", within: .seconds(120)) { try await scene.online() == 2_000 }
        #expect(try await !scene.status().contains("serverBusy"))
      }
      #expect(audit.holds, "\(audit); \(summary)")
    }
  }
}
