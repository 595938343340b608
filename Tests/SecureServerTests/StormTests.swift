import Foundation
import TestSupport
import Testing

/// 10,000 attackers at a time, in a process of their own, on a server in another.
///
/// tools/test runs it with nothing beside it, for it keeps both cores busy.
@Suite(.serialized) struct StormTests {
  /// A sanitizer makes everything many times slower, and keeps freed memory.
  private static let size = Sanitizer.isPresent ? 1_000 : 10_000
  private static let timeout = 3_000
  /// What a deadline may be late by on a busy machine, in milliseconds.
  private static let tolerance = 3_000
  /// Resident memory afterwards, in relation to that after the first storm.
  private static let memoryRatio = 1.25
  /// Resident memory that one more connection may take while it waits, in KiB.
  private static let memoryForEach = 8

  @Test(.enabled(if: fileLimit >= 11_000, "the hard limit of open files is below 11,000: see ulimit -Hn"))
  func `C9: 10,000 who drip, 10,000 silent, 10,000 with garbage are cut, and good clients served meanwhile`()
    async throws
  {
    try await withServerProcess(timeout: Self.timeout) { server in
      try await server.serve {
        try await storm("garbage", Self.size, on: server)
        let memory = try await settledMemory(of: server)
        for mode in ["drip", "silent", "garbage"] {
          let before = try await server.counts()
          try await storm(mode, Self.size, on: server)
          expectOutcomes(of: mode, before, try await server.counts())
          try await expectMemory(below: Double(memory) * Self.memoryRatio, after: mode, of: server)
        }
        #expect(try await server.counts()["live"] == 1)
      }
    }
  }

  @Test func `500 who stall in the handshake are cut one after the other, and good clients served meanwhile`()
    async throws
  {
    try await withServerProcess(timeout: Self.timeout) { server in
      try await server.serve()
      try await storm("stall", 500, on: server)
      let counts = try await server.counts()
      #expect(counts["wrong"] == nil)
      #expect(counts["serverBusy", default: 0] + counts["timedOut", default: 0] == 500)
    }
  }

  /// Good clients come one after the other for as long as the attackers are there.
  private func storm(_ mode: String, _ size: Int, on server: ServerProcess) async throws {
    let before = try server.residentMemory
    var peak = before
    try await withProcess(try builtProduct("attackers"), [mode, "\(size)", server.port]) { attackers in
      var served = 0
      while attackers.exitStatus == nil {
        try await server.serve()
        // Only who came and went while the attackers were there shows anything.
        if attackers.exitStatus == nil { served += 1 }
        peak = max(peak, try server.residentMemory)
      }
      #expect(attackers.output == "closed \(size)\n")
      #expect(served >= 1, "\(mode)")
    }
    try await eventually("an outcome for everyone") { try await server.counts()["undecided"] == 0 }
    if !Sanitizer.isPresent {
      // 64 handshakes of 45 KB each, beside the connections.
      #expect(peak - before < Self.memoryForEach * size + 8192, "\(mode)")
    }
  }

  private func expectOutcomes(of mode: String, _ before: [String: Int], _ after: [String: Int]) {
    let change = { (name: String) in after[name, default: 0] - before[name, default: 0] }
    #expect(after["wrong"] == nil)
    #expect(change("accepted") == Self.size + change("established"))
    if mode == "garbage" {
      #expect(change("notTLS") == Self.size / 2)
      #expect(change("protocolError") == Self.size / 2)
    } else {
      #expect(change("timedOut") == Self.size)
      let times = after["timedOut.shortest", default: 0]...after["timedOut.longest", default: 0]
      #expect(times.lowerBound >= Self.timeout && times.upperBound <= Self.timeout + Self.tolerance, "\(mode) \(times)")
    }
  }

  /// Memory once it has stayed the same for a while: the server gives it back when the load has fallen.
  private func settledMemory(of server: ServerProcess) async throws -> Int {
    var (memory, since) = (try server.residentMemory, ContinuousClock.now)
    try await eventually("memory that stays the same") {
      let now = try server.residentMemory
      if now != memory { (memory, since) = (now, .now) }
      return ContinuousClock.now - since > .seconds(2)
    }
    return memory
  }

  private func expectMemory(below limit: Double, after mode: String, of server: ServerProcess) async throws {
    guard !Sanitizer.isPresent else { return }
    try await eventually("less than \(limit) KiB after \(mode), but \(try server.residentMemory)", within: .seconds(20))
    {
      Double(try server.residentMemory) < limit
    }
  }

  private static var fileLimit: UInt64 {
    var limit = rlimit()
    _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return UInt64(limit.rlim_max)
  }
}
