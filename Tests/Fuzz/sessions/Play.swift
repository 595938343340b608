import Model
import Sessions

/// Plays a script against a session as the handler of a connection would, and stops at the first broken promise.
struct Play {
  private var script: Script
  private var session: DeviceSession
  private var now = ContinuousClock.now
  private var actions: [SessionAction] = []

  private var isOpen = false
  private var isPaused = false
  private var isOver = false
  private var unsettled: [PublishToken] = []
  private var settled = 0
  private var acknowledged = 0

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
        session.received(Array(bytes).span, now: now, into: &actions)
      case .settled(let index): settle(index)
      case .passed(let time):
        now += time
        session.expire(now: now, into: &actions)
      case .ended(let clean): session.inputEnded(clean: clean, now: now, into: &actions)
      case .closed: session.close(SessionEnd(reason: .shutdown, text: "asked"), into: &actions)
      case .resumed: session.readingResumed(now: now)
      }
      check(chunk: chunk)
    }
  }

  private mutating func settle(_ index: Int) {
    guard !unsettled.isEmpty else { return }
    settled += 1
    let token = unsettled.remove(at: index % unsettled.count)
    session.settled(token, outcome: .accepted, now: now, into: &actions)
  }

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
    expect(isOver || isPaused || session.unsettled < limits.maximumUnsettled, "a full window that does not pause")
  }

  private mutating func check(_ action: SessionAction) {
    switch action {
    case .send(let bytes):
      expect(!bytes.isEmpty, "nothing to send")
      if bytes[0] == 0x40 { acknowledged += bytes.count / 4 }
      expect(acknowledged <= settled, "a PUBACK before its message was settled")
    case .opened(let opening):
      expect(!isOpen, "opened twice")
      expect(opening.deviceProtocol != .auto, "opened without a protocol")
      isOpen = true
    case .publish(let publish):
      expect(isOpen, "a message before it was opened")
      expect(publish.payload.count <= script.settings.limits.maximumPacketBytes, "a message past the limit")
      expect((publish.qos == .atMostOnce) == (publish.token == nil), "a token for QoS 0, or none for QoS 1")
      if let token = publish.token { unsettled.append(token) }
    case .pauseReading:
      expect(!isPaused, "paused twice")
      isPaused = true
    case .resumeReading:
      expect(isPaused, "resumed without a pause")
      isPaused = false
    case .close: isOver = true
    }
  }
}
