import Model

/// A lines or frames device: bare messages, which have no topic. Nothing acknowledges them unless the device is set to be
/// answered.
///
/// An empty line or frame is no message; it only shows that the device is there.
struct PlainSession: ByteSession {
  let settings: SessionSettings
  let framing: Framing
  var input = SessionInput()
  var isClosed = false
  private(set) var unsettled = 0
  private var published: UInt64 = 0
  private var answers = PlainAnswers()

  /// Opens the session at once, since such a device says nothing about itself.
  init(_ framing: Framing, settings: SessionSettings, into actions: inout [SessionAction]) {
    self.framing = framing
    self.settings = settings
    actions.append(.opened(SessionOpening(deviceProtocol: framing == .lines ? .lines : .frames)))
  }

  var window: Int { max(1, settings.limits.maximumUnsettled) }

  var isHeld: Bool { false }

  var patience: Duration? { settings.limits.idleTimeout }

  mutating func expired(into actions: inout [SessionAction]) {
    end(SessionEnd(.idle(settings.limits.idleTimeout)), into: &actions)
  }

  /// Without `ack` there is no way to tell the device.
  mutating func settled(_ token: PublishToken, _ outcome: PublishOutcome, into actions: inout [SessionAction]) -> Bool {
    unsettled = max(0, unsettled - 1)
    if settings.acknowledges {
      for answer in answers.settle(token, outcome) { actions.append(.send(framing.message(answer))) }
    }
    return resume(into: &actions)
  }

  mutating func consume(_ bytes: Span<UInt8>, searched: Int, into actions: inout [SessionAction]) -> Int {
    var position = 0
    let limit = framing == .lines ? settings.limits.maximumLineBytes : settings.limits.maximumFrameBytes
    do throws(SessionError) {
      while mayConsume, let piece = try framing.piece(of: bytes, from: position, searched: searched, limit: limit) {
        publish(bytes.extracting(piece.content), into: &actions)
        position = piece.end
      }
    } catch {
      if settings.acknowledges { actions.append(.send(framing.message("ERR \(error)"))) }
      end(SessionEnd(error), into: &actions)
    }
    return position
  }

  /// A line that a clean end of input cut short is a message; after an abrupt end nobody knows whether it is whole.
  /// A frame tells its length, so a part of one is never a message.
  mutating func finish(leftover: [UInt8], clean: Bool, into actions: inout [SessionAction]) {
    if clean, framing == .lines {
      let line = Framing.withoutReturn(leftover.span, from: 0, to: leftover.count)
      publish(leftover.span.extracting(line), into: &actions)
    }
    let isCut = !leftover.isEmpty && !(clean && framing == .lines)
    end(
      SessionEnd(
        reason: .disconnected,
        text: isCut ? "the device closed the connection in the middle of a message" : "the device closed the connection"
      ),
      into: &actions)
  }

  private mutating func publish(_ payload: Span<UInt8>, into actions: inout [SessionAction]) {
    guard !payload.isEmpty else { return }
    let token = PublishToken(sequence: published)
    published += 1
    unsettled += 1
    if settings.acknowledges { answers.expect() }
    actions.append(.publish(SessionPublish(topic: nil, payload: copy(payload), qos: .atLeastOnce, token: token)))
  }
}
