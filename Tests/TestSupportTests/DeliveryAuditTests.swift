import TestSupport
import Testing

/// What the checker of all fault tests finds, and what it lets pass.
struct DeliveryAuditTests {
  typealias Name = DeliveryRecord.Name

  /// What happened: `p1` publishes message 1, `a1` acknowledges it, `r1` refuses it, all of one device; `d1` tells the device.
  private func audit(_ events: String) throws -> DeliveryAudit {
    let record = DeliveryRecord()
    var told: [Name] = []
    for event in events.split(separator: " ") {
      let name = Name(device: "dev-0", number: try #require(Int(event.dropFirst())))
      switch event.first {
      case "p": record.published(name)
      case "a": record.answered(name, reason: 0)
      case "r": record.answered(name, reason: 0x87)
      default: told.append(name)
      }
    }
    return DeliveryAudit(acknowledged: told, record)
  }

  @Test(arguments: [
    // Everything in order; at the broker but not told; told before the broker had it, from disk.
    ("p1 a1 d1 p2 a2 d2", true, [], [], 0), ("p1 a1 d1 p2 a2", true, [], [], 0), ("d1 d2 p1 p2 a2 a1", true, [], [], 0),
    // Again is no harm, also when the second one comes after something newer.
    ("p1 p1 a1 d1", true, [], [], 1), ("p1 p2 p1 p2 a1 a2 d1 d2", true, [], [], 2),
    // No broker ever had it, or it said no.
    ("d1", false, [1], [], 0), ("p1 d1", false, [1], [], 0), ("p1 r1 d1", false, [1], [], 0),
    ("p1 a1 d1 p3 a3 d2 d3", false, [2], [], 0),
    // A gap is no disorder; each that comes after something newer is.
    ("p1 p3 a1 a3 d1 d3", true, [], [], 0), ("p2 p1 a1 a2 d1 d2", false, [], [1], 0),
    ("p1 p5 p2 p3 p6 a1 a2 a3 a5 a6 d1", false, [], [2, 3], 0),
    // Nothing at all shows nothing.
    ("", false, [], [], 0), ("p1 a1", false, [], [], 0),
  ])
  func `loss and disorder are found, repetition is counted`(
    events: String, holds: Bool, lost: [Int], disordered: [Int], repetitions: Int
  ) throws {
    let audit = try audit(events)
    #expect(audit.holds == holds)
    #expect(audit.lost.map(\.number) == lost)
    #expect(audit.disordered.map(\.number) == disordered)
    #expect(audit.repetitions == repetitions)
  }

  @Test func `each device has an order of its own`() {
    let record = DeliveryRecord()
    let names = [Name(device: "a", number: 2), Name(device: "b", number: 1), Name(device: "a", number: 3)]
    for name in names {
      record.published(name)
      record.answered(name, reason: 0)
    }
    #expect(DeliveryAudit(acknowledged: names, record).holds)
    #expect(DeliveryAudit(acknowledged: [Name(device: "b", number: 2)], record).lost.count == 1)
  }

  @Test func `a file that is no record is refused`() async throws {
    try await withTemporaryDirectory { directory in
      let path = directory + "/record"
      try write("dev-0 1\ndev-1 20 and more\n", to: path)
      #expect(
        try DeliveryAudit.names(in: path) == [Name(device: "dev-0", number: 1), Name(device: "dev-1", number: 20)])
      for broken in ["dev-0 1\ndev-0\n", "dev-0 one\n", "1\n"] {
        try write(broken, to: path)
        #expect(throws: NeverHappened.self) { try DeliveryAudit.names(in: path) }
      }
      #expect(throws: (any Error).self) { try DeliveryAudit.names(in: directory + "/absent") }
    }
  }
}
