import Glibc
import TestSupport
import Testing

/// What breaks between the gateway and its broker.
@Suite(.serialized) struct BrokerFaultTests {
  @Test func `cuts under load lose nothing and change no order`() async throws {
    try await FaultScene.play { scene, _ in
      let (audit, summary) = try await scene.withFleet(rate: 50) {
        for _ in 0..<15 {
          try await scene.settle(Int.random(in: 1...200))
          scene.proxy.cut()
        }
      }
      #expect(audit.lost.isEmpty && audit.disordered.isEmpty, "\(audit); \(summary)")
    }
  }

  @Test func `a broker that is away for a while gets everything in order`() async throws {
    try await FaultScene.play { scene, _ in
      let (audit, summary) = try await scene.withFleet(rate: 50) {
        scene.proxy.set(.refusing)
        scene.proxy.cut()
        try await scene.spooled(atLeast: 2_000)
      }
      #expect(audit.lost.isEmpty && audit.disordered.isEmpty, "\(audit); \(summary)")
      try await eventually("an empty spool") { try await scene.spool().messages == 0 }
    }
  }

  @Test func `while the broker is frozen devices are acknowledged all the same`() async throws {
    try await FaultScene.play { scene, _ in
      let (audit, summary) = try await scene.withFleet {
        scene.proxy.set(.frozen)
        try await scene.spooled(atLeast: 500)
      }
      #expect(audit.lost.isEmpty && audit.disordered.isEmpty, "\(audit); \(summary)")
    }
  }

  @Test func `a slow way to the broker is no reason to lose or reorder`() async throws {
    try await FaultScene.play { scene, _ in
      let (audit, summary) = try await scene.withFleet(rate: 50) {
        scene.proxy.set(.slow(.milliseconds(200)))
        try await scene.spooled(atLeast: 200)
        scene.proxy.cut()
        try await scene.settle()
      }
      #expect(audit.lost.isEmpty && audit.disordered.isEmpty, "\(audit); \(summary)")
    }
  }

  @Test func `brokers that are killed one after the other get everything between them`() async throws {
    try await FaultScene.play { scene, first in
      try await withMosquitto { second in
        let (audit, summary) = try await scene.withFleet {
          first.process.signal(SIGKILL)
          try await first.process.waitForExit()
          try await scene.spooled(atLeast: 300)
          scene.proxy.redirect(toPort: second.port)
          try await scene.settle(600)
        }
        #expect(audit.lost.isEmpty && audit.disordered.isEmpty, "\(audit); \(summary)")
      }
    }
  }

  @Test func `the next broker of the list takes over, and the first one again later`() async throws {
    let record = DeliveryRecord()
    try await withMosquitto { second in
      try await withBrokerProxy(toPort: second.port, record: record) { reserve in
        try await FaultScene.play(record: record, others: [reserve.port]) { scene, _ in
          let (audit, summary) = try await scene.withFleet(rate: 50) {
            for _ in 0..<3 {
              scene.proxy.set(.refusing)
              scene.proxy.cut()
              try await scene.settle(200)
              scene.proxy.set(.fair)
              reserve.set(.refusing)
              reserve.cut()
              try await scene.settle(200)
              reserve.set(.fair)
            }
          }
          #expect(audit.lost.isEmpty && audit.disordered.isEmpty, "\(audit); \(summary)")
        }
      }
    }
  }
}
