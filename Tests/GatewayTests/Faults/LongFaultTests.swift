import Foundation
import TestSupport
import Testing

/// Hundreds of faults at random moments: `LONG_TESTS=1`, `FAULT_ROUNDS` for another number than 200, `FAULT_SEED` to see the
/// same choices again.
@Suite(.serialized, .enabled("only with LONG_TESTS=1", { environment["LONG_TESTS"] != nil }))
struct LongFaultTests {
  private let rounds = environment["FAULT_ROUNDS"].flatMap(Int.init) ?? 200

  @Test func `hundreds of kills of the gateway at random moments lose nothing`() async throws {
    try await inShares("kills") { scene, random in
      // Half of them while the broker is away.
      let isAway = Bool.random(using: &random)
      if isAway {
        scene.proxy.set(.refusing)
        scene.proxy.cut()
      }
      try await Task.sleep(for: .milliseconds(Int.random(in: 0...400, using: &random)))
      try await scene.daemon.end(SIGKILL)
      try await scene.daemon.start()
      scene.proxy.set(.fair)
      try await scene.settle(Int.random(in: 1...100, using: &random))
    }
  }

  @Test func `hundreds of cuts of the broker at random moments lose nothing`() async throws {
    try await inShares("cuts") { scene, random in
      switch Int.random(in: 0..<4, using: &random) {
      case 0: scene.proxy.set(.slow(.milliseconds(Int.random(in: 1...50, using: &random))))
      case 1: scene.proxy.set(.frozen)
      case 2: scene.proxy.set(.refusing)
      default: break
      }
      try await Task.sleep(for: .milliseconds(Int.random(in: 0...300, using: &random)))
      scene.proxy.cut()
      scene.proxy.set(.fair)
      try await scene.settle(Int.random(in: 1...200, using: &random))
    }
  }

  /// Does `fault` so many times, in scenes of fifty each, and prints what became of all messages.
  private func inShares(
    _ what: String, _ fault: (FaultScene, inout SplitMix64) async throws -> Void
  ) async throws {
    let seed = environment["FAULT_SEED"].flatMap(UInt64.init) ?? .random(in: 0..<1_000_000)
    var random = SplitMix64(seed: seed)
    var left = rounds
    while left > 0 {
      let share = min(left, 50)
      try await FaultScene.play { scene, _ in
        let (audit, summary) = try await scene.withFleet(rate: 50) {
          for _ in 0..<share { try await fault(scene, &random) }
        }
        print("\(share) \(what), seed \(seed): \(audit); \(summary)")
        #expect(audit.holds, "seed \(seed): \(audit); \(summary)")
      }
      left -= share
    }
  }
}

private var environment: [String: String] { ProcessInfo.processInfo.environment }
