import Model

/// What the protocols have in common: bytes come in pieces, whole messages go out, and no more than a window of them is
/// unsettled at a time.
protocol ByteSession: Sendable {
  var settings: SessionSettings { get }
  var input: SessionInput { get set }
  var isClosed: Bool { get set }
  /// How many messages wait for their outcome.
  var unsettled: Int { get }
  /// How many may at most.
  var window: Int { get }
  /// Whether what the device sends has to wait for something else.
  var isHeld: Bool { get }
  /// How long the device may go without a whole message; `nil` is for ever.
  var patience: Duration? { get }

  /// Takes whole messages off the front of `bytes` while ``mayConsume``; the first `searched` bytes are known to hold
  /// none. Returns how many bytes it took.
  mutating func consume(_ bytes: Span<UInt8>, searched: Int, into actions: inout [SessionAction]) -> Int

  /// The device has been silent for longer than ``patience``.
  mutating func expired(into actions: inout [SessionAction])

  /// The message of `token` is settled. Returns whether the silence of the device counts from now.
  mutating func settled(_ token: PublishToken, _ outcome: PublishOutcome, into actions: inout [SessionAction]) -> Bool

  /// Closes after the last byte; `leftover` is the beginning of a message.
  mutating func finish(leftover: [UInt8], clean: Bool, into actions: inout [SessionAction])
}

extension ByteSession {
  /// Whether another message may be handed out. What came before the end of input goes out whatever the window says.
  var mayConsume: Bool { !isClosed && !isHeld && (unsettled < window || input.isEnded) }

  /// The device sent `bytes`. Returns whether a message became whole.
  mutating func received(_ bytes: Span<UInt8>, into actions: inout [SessionAction]) -> Bool {
    guard !input.isPaused else {
      input.append(bytes)
      return false
    }
    let taken: Int
    if input.pending.isEmpty {
      taken = consume(bytes, searched: 0, into: &actions)
      if !isClosed, taken < bytes.count { input.append(bytes.extracting(taken..<bytes.count)) }
    } else {
      let searched = input.pending.count
      input.append(bytes)
      taken = drain(searched: searched, into: &actions)
    }
    if !isClosed, !mayConsume {
      input.isPaused = true
      actions.append(.pauseReading)
    }
    return taken > 0
  }

  /// Some messages were settled: goes on with what was put off once half of the window is free. Returns whether the
  /// device is read from again.
  mutating func resume(into actions: inout [SessionAction]) -> Bool {
    guard input.isPaused, !isHeld, unsettled <= window / 2 else { return false }
    _ = drain(searched: 0, into: &actions)
    if !isClosed, let clean = input.heldEnd { finish(leftover: input.take(), clean: clean, into: &actions) }
    guard mayConsume else { return false }
    input.isPaused = false
    actions.append(.resumeReading)
    return true
  }

  /// No more bytes will come.
  mutating func inputEnded(clean: Bool, into actions: inout [SessionAction]) {
    input.isEnded = true
    // What came before a clean end is heard once the device was let in.
    guard !isHeld || !clean else { return input.heldEnd = clean }
    _ = drain(searched: 0, into: &actions)
    if !isClosed { finish(leftover: input.take(), clean: clean, into: &actions) }
  }

  /// Closes the session.
  mutating func end(_ end: SessionEnd, into actions: inout [SessionAction]) {
    isClosed = true
    actions.append(.close(end))
  }

  private mutating func drain(searched: Int, into actions: inout [SessionAction]) -> Int {
    let bytes = input.take()
    let taken = consume(bytes.span, searched: searched, into: &actions)
    if !isClosed { input.keep(bytes, after: taken) }
    return taken
  }
}
