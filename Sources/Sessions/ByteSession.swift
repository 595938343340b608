import Model

/// What the protocols have in common: bytes come in pieces, whole messages go out, and no more than a window of them is
/// unsettled at a time.
protocol ByteSession: Sendable {
  var settings: SessionSettings { get }
  var input: SessionInput { get set }
  var isClosed: Bool { get set }
  /// How many messages wait for their outcome.
  var unsettled: Int { get }

  /// Takes whole messages off the front of `bytes` while ``mayConsume``; the first `searched` bytes are known to hold
  /// none. Returns how many bytes it took.
  mutating func consume(_ bytes: Span<UInt8>, searched: Int, into actions: inout [SessionAction]) -> Int

  /// Closes after the last byte; `leftover` is the beginning of a message.
  mutating func finish(leftover: [UInt8], clean: Bool, into actions: inout [SessionAction])
}

extension ByteSession {
  /// Whether another message may be handed out. What came before the end of input goes out whatever the window says.
  var mayConsume: Bool { !isClosed && (unsettled < window || input.isEnded) }

  private var window: Int { max(1, settings.limits.maximumUnsettled) }

  /// The device sent `bytes`.
  mutating func received(_ bytes: Span<UInt8>, now: ContinuousClock.Instant, into actions: inout [SessionAction]) {
    guard !isClosed else { return }
    guard !input.isPaused else { return input.append(bytes) }
    if input.pending.isEmpty {
      let taken = consume(bytes, searched: 0, into: &actions)
      if taken > 0 { input.lastHeard = now }
      if !isClosed { input.append(bytes.extracting(taken..<bytes.count)) }
    } else {
      let searched = input.pending.count
      input.append(bytes)
      drain(searched: searched, now: now, into: &actions)
    }
    if !isClosed, !mayConsume {
      input.isPaused = true
      actions.append(.pauseReading)
    }
  }

  /// Some messages were settled: goes on with what was put off once half of the window is free.
  mutating func resume(now: ContinuousClock.Instant, into actions: inout [SessionAction]) {
    guard !isClosed, input.isPaused, unsettled <= window / 2 else { return }
    input.lastHeard = now
    drain(searched: 0, now: now, into: &actions)
    guard mayConsume else { return }
    input.isPaused = false
    actions.append(.resumeReading)
  }

  /// No more bytes will come.
  mutating func inputEnded(clean: Bool, now: ContinuousClock.Instant, into actions: inout [SessionAction]) {
    guard !isClosed else { return }
    input.isEnded = true
    drain(searched: 0, now: now, into: &actions)
    if !isClosed { finish(leftover: input.take(), clean: clean, into: &actions) }
  }

  /// Closes the session.
  mutating func end(_ end: SessionEnd, into actions: inout [SessionAction]) {
    isClosed = true
    actions.append(.close(end))
  }

  private mutating func drain(searched: Int, now: ContinuousClock.Instant, into actions: inout [SessionAction]) {
    let bytes = input.take()
    let taken = consume(bytes.span, searched: searched, into: &actions)
    if taken > 0 { input.lastHeard = now }
    if !isClosed { input.keep(bytes, after: taken) }
  }
}
