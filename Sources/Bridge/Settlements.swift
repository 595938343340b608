/// What became of messages, gathered by sink, so that each sink is called once a turn.
struct Settlements {
  private var groups: [Group] = []
  private var places: [ObjectIdentifier: Int] = [:]

  /// Notes what became of the message of `receipt`, if anybody asked.
  mutating func add(_ receipt: Receipt?, _ delivery: Delivery) {
    guard let receipt else { return }
    let place = place(of: receipt.sink)
    groups[place].receipts.append((receipt, delivery))
  }

  /// Calls each sink, and forgets everything.
  mutating func deliver() {
    guard !groups.isEmpty else { return }
    let groups = self.groups
    self = Settlements()
    for group in groups { group.sink.settled(group.receipts) }
  }

  private mutating func place(of sink: any ReceiptSink) -> Int {
    // Mostly the same sink as before: an event loop submits in batches.
    if let last = groups.last, last.sink === sink { return groups.count - 1 }
    let id = ObjectIdentifier(sink)
    if let place = places[id] { return place }
    places[id] = groups.count
    groups.append(Group(sink: sink))
    return groups.count - 1
  }

  private struct Group {
    let sink: any ReceiptSink
    var receipts: [(Receipt, Delivery)] = []
  }
}
