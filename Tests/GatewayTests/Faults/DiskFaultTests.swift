import Glibc
import NIOConcurrencyHelpers
import TestSupport
import Testing

/// The disk below the spool is full, may not be written, or is slow.
@Suite(.serialized) struct DiskFaultTests {
  @Test(.enabled("mounting takes root") { await SmallDisk.canMount() })
  func `with a full disk devices wait, and nothing that was acknowledged is lost`() async throws {
    try await FaultScene.play(state: { try await SmallDisk.mounted(at: $0, kilobytes: 2_048, $1) }) { scene, _ in
      let (audit, summary) = try await scene.withFleet(rate: 100) {
        scene.proxy.set(.refusing)
        scene.proxy.cut()
        try await eventually("a full disk", within: .seconds(120)) { try await scene.spool().isFailing }
      }
      #expect(audit.lost.isEmpty && audit.disordered.isEmpty, "\(audit); \(summary)")
      try await eventually("an empty spool") { try await scene.spool().messages == 0 }
    }
  }

  @Test(.enabled("mounting takes root") { await SmallDisk.canMount() })
  func `a state directory that becomes read-only is no reason to lose anything`() async throws {
    let state = NIOLockedValueBox("")
    let mount = { (path: String, body: () async throws -> Void) in
      state.withLockedValue { $0 = path }
      try await SmallDisk.mounted(at: path, kilobytes: 65_536, body)
    }
    try await FaultScene.play(state: mount) { scene, _ in
      let (audit, summary) = try await scene.withFleet {
        scene.proxy.set(.refusing)
        scene.proxy.cut()
        try await scene.spooled(atLeast: 200)
        try await SmallDisk.makeReadOnly(state.withLockedValue { $0 })
        try await eventually("no more room", within: .seconds(60)) { try await scene.spool().isFailing }
        scene.proxy.set(.fair)
        try await scene.settle(400)
        try await SmallDisk.makeWritable(state.withLockedValue { $0 })
      }
      #expect(audit.lost.isEmpty && audit.disordered.isEmpty, "\(audit); \(summary)")
    }
  }

  @Test func `a disk that takes its time slows devices down, no more`() async throws {
    let slowness = "--inject=fdatasync,fsync:delay_enter=300000"
    let trace = ["strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync", slowness]
    try await FaultScene.play(launcher: trace) { scene, _ in
      let (audit, summary) = try await scene.withFleet {
        scene.proxy.set(.refusing)
        scene.proxy.cut()
        try await scene.spooled(atLeast: 500)
      }
      #expect(audit.lost.isEmpty && audit.disordered.isEmpty, "\(audit); \(summary)")
    }
  }
}
