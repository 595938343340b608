import Model

@testable import Sessions

/// Plays a script against a device's sessions as the handler of a connection would, and stops at the first broken promise.
struct Play {
  private var script: Script
  private var session: DeviceSession
  private var now = ContinuousClock.now
  private var actions: [SessionAction] = []

  private var opening: SessionOpening?
  private var isAdmitted = false
  private var isPaused = false
  private var isOver = false
  private var subscribes: [(packetID: UInt16, count: Int, isSubscribe: Bool)] = []
  /// What the device has said before its protocol was known.
  private var heard: [UInt8] = []
  private var uplink = Uplink()
  private var downlink = Downlink()
  /// What an earlier connection has left.
  private var state = SessionState()

  init(_ script: Script) {
    self.script = script
    session = DeviceSession(settings: script.settings, alpn: script.alpn, now: now, into: &actions)
  }

  mutating func run() {
    check(chunk: 0)
    while let event = script.next() {
      var chunk = 0
      switch event {
      case .received(let bytes):
        // Whoever was asked not to read does not read.
        guard !isPaused else { continue }
        chunk = bytes.count
        if opening == nil { heard += bytes }
        session.received(Array(bytes).span, now: now, into: &actions)
      case .settled(let index, let outcome):
        if let token = uplink.settle(index) {
          session.settled(token, outcome: outcome, now: now, into: &actions)
        } else if !isAdmitted, let token = uplink.settleLeft(index) {
          state.settle(token, outcome, .v5)
        }
      case .passed(let time):
        now += time
        session.expire(now: now, into: &actions)
      case .resumed: session.readingResumed(now: now)
      case .answered(let argument): answer(argument)
      case .delivered(let argument):
        guard isAdmitted, let delivery = downlink.make(argument, now) else { continue }
        session.deliver(delivery, now: now, into: &actions)
      case .writable(let isWritable): session.setWritable(isWritable, now: now, into: &actions)
      case .askedForMore: session.sendNext(now: now, into: &actions)
      case .ended(let clean): session.inputEnded(clean: clean, now: now, into: &actions)
      case .closed: session.close(SessionEnd(reason: .shutdown, text: "asked"), into: &actions)
      case .reconnected(let argument): reconnect(argument)
      }
      check(chunk: chunk)
    }
  }

  // MARK: The owner

  private mutating func answer(_ argument: Int) {
    if let connect = opening?.connect, !isAdmitted, !isOver {
      guard argument != 0 else {
        return session.refuse(.notAuthorized, SessionEnd(reason: .revoked, text: "no"), into: &actions)
      }
      let isPresent = !connect.cleanStart && argument & 2 != 0
      if !isPresent { forget() }
      uplink.connectionBegins()
      downlink.connectionBegins(state)
      isAdmitted = true
      session.accept(
        SessionAcceptance(
          isPresent: isPresent, state: state, assignedClientID: argument & 4 == 0 ? nil : "x",
          serverKeepAlive: argument & 8 == 0 ? nil : 20),
        now: now, into: &actions)
    } else if let (packetID, count, isSubscribe) = subscribes.first {
      subscribes.removeFirst()
      let codes = Array(repeating: argument & 1 == 0 ? ReasonCode.success : .notAuthorized, count: count)
      if isSubscribe {
        session.subscribed(packetID, codes: codes, into: &actions)
      } else {
        session.unsubscribed(packetID, codes: codes, into: &actions)
      }
    }
  }

  private mutating func forget() {
    state = SessionState()
    uplink.forget()
    downlink.forget()
  }

  private mutating func reconnect(_ argument: Int) {
    session.inputEnded(clean: false, now: now, into: &actions)
    check(chunk: 0)
    expect(isOver, "open without a connection")
    if isAdmitted { state = session.takeRemains() }
    if argument & 1 != 0 {
      state.dropQueue()
      downlink.dropQueue(of: state)
    }
    (opening, isAdmitted, isPaused, isOver, subscribes, heard) = (nil, false, false, false, [], [])
    uplink.connectionEnded()
    session = DeviceSession(settings: script.settings, alpn: script.alpn, now: now, into: &actions)
  }

  // MARK: The promises

  private mutating func check(chunk: Int) {
    for action in actions {
      expect(!isOver, "an action after the end")
      check(action)
    }
    actions = []
    let limits = script.settings.limits
    expect(session.isClosed == isOver, "closed, but nobody was told")
    expect(isOver || session.unsettled <= limits.maximumUnsettled, "more unsettled messages than allowed")
    expect(isOver || isPaused || session.bufferedBytes <= limits.maximumPacketBytes, "more bytes than a packet")
    expect(session.bufferedBytes <= limits.maximumPacketBytes + 256 + chunk, "more bytes than a packet and a read")
    expect(!isOver || session.bufferedBytes == 0, "bytes after the end")
    expect(!isOver || session.deadline == nil, "a deadline after the end")
    // A device of 5.0 knows its limit itself.
    let isKnown = opening?.connect?.version == .v5
    expect(
      isOver || isPaused || isKnown || session.unsettled < limits.maximumUnsettled, "a full window that does not pause")
    guard session.hasNext else { return }
    expect(!isOver, "something to send after the end")
    var (copy, next) = (session, [SessionAction]())
    copy.sendNext(now: now, into: &next)
    expect(!next.isEmpty, "something to send that is not sent")
  }

  private mutating func check(_ action: SessionAction) {
    switch action {
    case .send(let bytes): check(bytes)
    case .opened(let opening):
      expect(self.opening == nil, "opened twice")
      expect(opening.deviceProtocol != .auto, "opened without a protocol")
      expect((opening.deviceProtocol == .mqtt) == (opening.connect != nil), "a CONNECT of another protocol, or none")
      self.opening = opening
      if opening.connect != nil { noteLimits() }
    case .publish(let publish):
      expectAdmitted()
      expect(publish.payload.count <= script.settings.limits.maximumPacketBytes, "a message past the limit")
      uplink.published(publish)
    case .subscribe(let subscribe):
      expectAdmitted()
      expect((1...3).contains(subscribe.requests.count), "no filters, or more than the limit")
      subscribes.append((subscribe.packetID, subscribe.requests.count, true))
    case .unsubscribe(let unsubscribe):
      expectAdmitted()
      expect((1...3).contains(unsubscribe.filters.count), "no filters, or more than the limit")
      subscribes.append((unsubscribe.packetID, unsubscribe.filters.count, false))
    case .finished(let sequence): downlink.finished(sequence)
    case .dropped: expectAdmitted()
    case .pauseReading:
      expect(!isPaused, "paused twice")
      isPaused = true
    case .resumeReading:
      expect(isPaused, "resumed without a pause")
      isPaused = false
    case .close: isOver = true
    }
  }

  private func expectAdmitted() {
    expect(opening != nil, "an action before it was opened")
    expect(opening?.connect == nil || isAdmitted, "an action before it was let in")
  }

  private mutating func check(_ bytes: [UInt8]) {
    expect(!bytes.isEmpty, "nothing to send")
    guard let version = opening?.connect?.version else {
      // A line's or frame's answer, or a CONNECT that cannot be read.
      if opening == nil { expect(bytes[0] == 0x20, "something else than a CONNACK first") }
      if opening != nil, bytes.contains(UInt8(ascii: "O")) { uplink.answered() }
      return
    }
    for packet in SentPacket.all(in: bytes) {
      expect(isAdmitted || packet.kind == 2, "something else than a CONNACK first")
      uplink.sent(packet, version)
      downlink.sent(packet, version)
    }
  }

  /// What the device takes, as its CONNECT says.
  private mutating func noteLimits() {
    let limits = script.settings.limits
    guard let header = try? FixedHeader.read(heard.span, from: 0, limit: limits.maximumPacketBytes),
      let connect = try? ConnectPacket(header, of: heard.span, limits: limits)
    else { return expect(false, "opened without a CONNECT") }
    downlink.receiveMaximum = min(Int(connect.properties.receiveMaximum ?? .max), limits.maximumInFlight)
    downlink.maximumPacketSize = connect.properties.maximumPacketSize.map(Int.init) ?? .max
  }
}
