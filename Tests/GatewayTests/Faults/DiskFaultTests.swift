import Foundation
import TestSupport
import Testing

/// The disk below the spool is full, may not be written, or is slow.
@Suite(.serialized) struct DiskFaultTests {
  @Test(.enabled("mounting takes root") { await SmallDisk.canMount() })
  func `with a full disk devices wait, and nothing that was acknowledged is lost`() async throws {
    try await FaultScene.play(state: { try await SmallDisk.mounted(at: $0, kilobytes: 20_480, $1) }) { scene, _ in
      let (audit, summary) = try await scene.withFleet(rate: 100, size: 4_000) {
        scene.proxy.set(.refusing)
        scene.proxy.cut()
        try await eventually("a full disk", within: .seconds(120)) { try await scene.spool().isFailing }
      }
      #expect(audit.holds, "\(audit); \(summary)")
      try await eventually("an empty spool") { try await scene.spool().messages == 0 }
    }
  }

  @Test func `a disk that refuses to write is no reason to lose anything`() async throws {
    try await FaultScene.play { scene, _ in
      let (audit, summary) = try await scene.withFleet {
        scene.proxy.set(.refusing)
        scene.proxy.cut()
        try await scene.spooled(atLeast: 200)
        try await scene.daemon.limit("--fsize=0:")
        try await eventually("no more room", within: .seconds(60)) { try await scene.spool().isFailing }
        scene.proxy.set(.fair)
        try await scene.settle(400)
        scene.proxy.set(.refusing)
        scene.proxy.cut()
        try await scene.daemon.limit("--fsize=unlimited:")
        try await scene.spooled(atLeast: 200)
      }
      #expect(audit.holds, "\(audit); \(summary)")
    }
  }

  @Test(.enabled("mounting takes root and a loop device") { await FailingDisk.canMount() })
  func `a state directory that becomes read-only keeps what it has, and the gateway says why it can't start on it`()
    async throws
  {
    let disk = try FailingDisk()
    try await FaultScene.play(state: { try await disk.mounted(at: $0, $1) }) { scene, _ in
      let (audit, summary) = try await scene.withFleet {
        scene.proxy.set(.refusing)
        scene.proxy.cut()
        try await scene.spooled(atLeast: 200)
        try await disk.fail()
        try await eventually("the disk's failure", within: .seconds(60)) { try await scene.spool().isFailing }
        // What the disk does not take passes through memory.
        scene.proxy.set(.fair)
        try await scene.settle(400)
        scene.proxy.set(.refusing)
        scene.proxy.cut()
        try await scene.daemon.end(SIGKILL)
        let attempt = try await scene.daemon.attempt()
        #expect(attempt.status == 78 || attempt.status == 1)
        #expect(attempt.errorOutput.contains("Read-only file system"), "\(attempt.errorOutput)")
        try await disk.mend()
        try await scene.daemon.start()
        try await scene.spooled(atLeast: 200)
      }
      #expect(audit.holds, "\(audit); \(summary)")
      try await eventually("an empty spool") { try await scene.spool().messages == 0 }
    }
  }

  @Test func `one sync serves many messages`() async throws {
    try await withTemporaryDirectory { directory in
      let trace = directory + "/trace"
      let strace = ["strace", "-D", "-f", "-qq", "-o", trace, "-e", "trace=fdatasync,fsync"]
      try await FaultScene.play(launcher: strace) { scene, _ in
        let (audit, summary) = try await scene.withFleet(rate: 100) {
          scene.proxy.set(.refusing)
          scene.proxy.cut()
          try await scene.spooled(atLeast: 5_000)
          let syncs = try String(contentsOfFile: trace, encoding: .utf8).components(separatedBy: "sync(").count
          #expect((10..<2_500).contains(syncs))
        }
        #expect(audit.holds, "\(audit); \(summary)")
      }
    }
  }

  @Test func `a disk that takes its time slows devices down, no more`() async throws {
    try await withTemporaryDirectory { directory in
      let trace = directory + "/trace"
      let slowness = "--inject=fdatasync,fsync:delay_enter=300000"
      let strace = ["strace", "-D", "-f", "-qq", "-o", trace, "-e", "trace=fdatasync,fsync", slowness]
      try await FaultScene.play(launcher: strace) { scene, _ in
        let (audit, summary) = try await scene.withFleet {
          scene.proxy.set(.refusing)
          scene.proxy.cut()
          try await scene.spooled(atLeast: 500)
        }
        #expect(audit.holds, "\(audit); \(summary)")
        #expect(try String(contentsOfFile: trace, encoding: .utf8).contains("(DELAYED)"))
      }
    }
  }
}
