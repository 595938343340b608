import DequeModule
import Model

/// What a device is sent and has not answered for, and what waits to be sent (MQTT 5 §4.3, §4.9).
struct OutboundFlow: Sendable {
  /// A message of QoS 1 or 2 under way.
  struct Flight: Sendable {
    var packetID: UInt16
    var delivery: SessionDelivery
    /// Whether PUBREC has come, so that PUBREL is what is sent.
    var isReleased = false
    /// Whether it was sent over the connection that is there now.
    var isSent = true
  }

  /// In the order in which they were sent first.
  private(set) var flights: [Flight] = []
  private(set) var queue: Deque<SessionDelivery> = []
  private var queuedBytes = 0
  /// How many flights have been sent over this connection.
  private var sentCount = 0
  private var lastID: UInt16 = 0

  /// Begins with the packet identifier after `packetID`.
  init(behind packetID: UInt16 = 0) { lastID = packetID }

  /// What is to be sent next.
  enum Step {
    case publish(SessionDelivery, packetID: UInt16?, duplicate: Bool)
    case release(UInt16)
  }

  /// Puts `delivery` behind the others.
  mutating func append(_ delivery: SessionDelivery) {
    queue.append(delivery)
    queuedBytes += delivery.byteCount
  }

  /// Whether `delivery` fits.
  func hasRoom(for delivery: SessionDelivery, _ limits: SessionLimits) -> Bool {
    queue.count < limits.maximumQueued && queuedBytes + delivery.byteCount <= limits.maximumQueuedBytes
  }

  /// Whether ``next(limit:)`` would return something.
  func hasNext(limit: Int) -> Bool {
    if sentCount < flights.count { return nextUnsent(limit: limit) != nil }
    guard let first = queue.first else { return false }
    return first.message.qos == .atMostOnce || flights.count < limit
  }

  /// Takes the next step, with at most `limit` messages under way.
  mutating func next(limit: Int) -> Step? {
    if sentCount < flights.count {
      guard let place = nextUnsent(limit: limit) else { return nil }
      flights[place].isSent = true
      sentCount += 1
      let flight = flights[place]
      return flight.isReleased
        ? .release(flight.packetID) : .publish(flight.delivery, packetID: flight.packetID, duplicate: true)
    }
    guard hasNext(limit: limit), let delivery = queue.popFirst() else { return nil }
    queuedBytes -= delivery.byteCount
    if queue.isEmpty { queue = [] }
    guard delivery.message.qos != .atMostOnce else { return .publish(delivery, packetID: nil, duplicate: false) }
    let packetID = freeID()
    flights.append(Flight(packetID: packetID, delivery: delivery))
    sentCount += 1
    return .publish(delivery, packetID: packetID, duplicate: false)
  }

  /// The flight of an earlier connection that is next. The limit holds back no PUBREL [MQTT-3.3.4-10].
  private func nextUnsent(limit: Int) -> Int? {
    flights.firstIndex { !$0.isSent && (sentCount < limit || $0.isReleased) }
  }

  /// PUBACK or PUBCOMP, or a PUBREC that refuses: the message has reached its end. Returns it, if there is one.
  mutating func finish(_ packetID: UInt16, isExactlyOnce: Bool) -> SessionDelivery? {
    guard
      let place = flights.firstIndex(where: {
        $0.packetID == packetID && ($0.delivery.message.qos == .exactlyOnce) == isExactlyOnce
      })
    else { return nil }
    let flight = flights.remove(at: place)
    if flight.isSent { sentCount -= 1 }
    return flight.delivery
  }

  /// PUBREC: from now on only PUBREL is sent. Returns whether there is such a message.
  mutating func release(_ packetID: UInt16) -> Bool {
    guard
      let place = flights.firstIndex(where: {
        $0.packetID == packetID && $0.delivery.message.qos == .exactlyOnce
      })
    else { return false }
    flights[place].isReleased = true
    // It is not sent again: nothing of it is needed but its place in the store.
    flights[place].delivery.message.payload = []
    return true
  }

  /// Another connection begins: everything under way is sent again [MQTT-4.4.0-1].
  mutating func connectionBegins() {
    for place in flights.indices { flights[place].isSent = false }
    sentCount = 0
  }

  /// Forgets what was not sent yet.
  mutating func dropQueue() {
    queue = []
    queuedBytes = 0
  }

  /// The next identifier that nothing under way has; there are far fewer flights than identifiers.
  private mutating func freeID() -> UInt16 {
    repeat {
      lastID = lastID == .max ? 1 : lastID + 1
    } while flights.contains { $0.packetID == lastID }
    return lastID
  }
}
