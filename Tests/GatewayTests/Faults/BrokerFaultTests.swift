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
      #expect(audit.holds, "\(audit); \(summary)")
    }
  }

  @Test func `a broker that is away for a while gets everything in order`() async throws {
    try await FaultScene.play { scene, _ in
      let (audit, summary) = try await scene.withFleet(rate: 50) {
        scene.proxy.set(.refusing)
        scene.proxy.cut()
        try await scene.spooled(atLeast: 2_000)
      }
      #expect(audit.holds, "\(audit); \(summary)")
      try await eventually("an empty spool") { try await scene.spool().messages == 0 }
    }
  }

  @Test func `while the broker is frozen devices are acknowledged all the same`() async throws {
    try await FaultScene.play { scene, _ in
      let (audit, summary) = try await scene.withFleet {
        scene.proxy.set(.frozen)
        try await scene.spooled(atLeast: 500)
      }
      #expect(audit.holds, "\(audit); \(summary)")
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
      #expect(audit.holds, "\(audit); \(summary)")
    }
  }

  @Test func `brokers that are killed one after the other get everything between them`() async throws {
    try await FaultScene.play { scene, first in
      try await withMosquitto { second in
        try await withSubscriber(to: "devices/+/up/#", port: first.port, format: "%p") { firstSubscriber in
          try await withSubscriber(to: "devices/+/up/#", port: second.port, format: "%p") { secondSubscriber in
            var ofFirst: Set<DeliveryRecord.Name> = []
            let (audit, summary) = try await scene.withFleet {
              // From here on the first broker holds what it acknowledges, and takes it along.
              firstSubscriber.signal(SIGSTOP)
              try await scene.settle(5_000)
              first.process.signal(SIGKILL)
              try await first.process.waitForExit()
              firstSubscriber.signal(SIGCONT)
              try await scene.spooled(atLeast: 300)
              ofFirst = scene.proxy.record.acknowledged
              scene.proxy.redirect(toPort: second.port)
              try await scene.settle(600)
            }
            #expect(audit.holds, "\(audit); \(summary)")
            let ofSecond = scene.proxy.record.acknowledged.subtracting(ofFirst)
            try await eventually("what the second broker has acknowledged") {
              ofSecond.isSubset(of: names(secondSubscriber))
            }
            let gone = ofFirst.subtracting(names(firstSubscriber)).subtracting(names(secondSubscriber))
            print("a killed broker took \(gone.count) messages along that it had acknowledged; not counted as lost")
            #expect(!gone.isEmpty)
          }
        }
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
          #expect(audit.holds, "\(audit); \(summary)")
        }
      }
    }
  }
}

/// What a subscriber has received of a fleet.
private func names(_ subscriber: ChildProcess) -> Set<DeliveryRecord.Name> {
  Set(subscriber.output.split(separator: "\n").filter { $0.hasPrefix("dev-") }.compactMap { DeliveryRecord.Name($0) })
}
