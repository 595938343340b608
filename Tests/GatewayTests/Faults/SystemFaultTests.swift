import Foundation
import TestSupport
import Testing

/// The system around the gateway misbehaves.
@Suite(.serialized) struct SystemFaultTests {
  @Test(.enabled(if: !Sanitizer.isPresent, "a sanitizer's runtime has to be loaded before libfaketime"))
  func `a wall clock that jumps by years makes nothing old, lost or late`() async throws {
    try await withTemporaryDirectory { directory in
      let clock = directory + "/clock"
      try write("+0\n", to: clock)
      let environment = [
        "LD_PRELOAD": "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1", "FAKETIME_TIMESTAMP_FILE": clock,
        "FAKETIME_NO_CACHE": "1", "NO_FAKE_STAT": "1", "DONT_FAKE_MONOTONIC": "1",
      ]
      // The first program with libfaketime adds a variable, and Swift finds no arguments in a process whose environment has
      // moved.
      try await FaultScene.play(environment: environment, launcher: ["env"]) { scene, _ in
        let (audit, summary) = try await scene.withFleet {
          for offset in ["+5y", "-5y", "+1h"] {
            scene.proxy.set(.refusing)
            scene.proxy.cut()
            try await scene.spooled(atLeast: 100)
            try write(offset + "\n", to: clock)
            try await scene.spooled(atLeast: 200)
            scene.proxy.set(.fair)
            try await scene.settle(300)
          }
        }
        #expect(audit.holds, "\(audit); \(summary)")
        try await eventually("an empty spool") { try await scene.spool().messages == 0 }
        let year = Calendar(identifier: .gregorian).component(.year, from: .now)
        for jumped in [year + 5, year - 5] {
          #expect(scene.daemon.process?.errorOutput.contains("\(jumped)-") ?? false, "no line of \(jumped)")
        }
      }
    }
  }

  @Test func `without a free descriptor the broker is found again once there is one`() async throws {
    try await FaultScene.play { scene, _ in
      let (audit, summary) = try await scene.withFleet {
        try await scene.daemon.limit("--nofile=16:")
        scene.proxy.cut()
        try await eventually("no connection to the broker") {
          scene.daemon.process?.errorOutput.contains("Too many open files") ?? false
        }
        try await scene.daemon.limit("--nofile=1024:")
        try await scene.settle(400)
      }
      #expect(audit.holds, "\(audit); \(summary)")
    }
  }
}
