import DequeModule
import NIOCore

/// What the connections of one event loop share: memory, deadlines, and the list of them.
final class ConnectionLoop {
  /// Plaintext is handed on in pieces of at most this many bytes.
  private static let plaintextCapacity = 32_768
  private static let tick = TimeAmount.milliseconds(50)

  let eventLoop: any EventLoop
  let core: ServerCore
  let window: TLSWindow
  let received: ReceiveBuffer
  /// The connections on this loop, by number.
  private(set) var connections: [UInt64: ConnectionHandler] = [:]
  private var deadlines: Deque<(at: NIODeadline, id: UInt64)> = []
  private var slotDeadlines: Deque<(at: NIODeadline, id: UInt64)> = []
  private var isTicking = false
  private var plaintext = ByteBuffer()
  private var ciphertext = ByteBuffer()

  init(eventLoop: any EventLoop, core: ServerCore) throws(SecureServerError) {
    self.eventLoop = eventLoop
    self.core = core
    window = try TLSWindow()
    received = ReceiveBuffer(eventLoop: eventLoop)
  }

  var handle: LoopHandle { LoopHandle(self) }

  func add(_ connection: ConnectionHandler) { connections[connection.id] = connection }
  func remove(_ connection: ConnectionHandler) { connections[connection.id] = nil }

  // MARK: Slots

  /// The admission has a slot for the connection, which may be gone by now.
  func grantSlot(to id: UInt64) {
    guard let connection = connections[id] else { return core.admission.releaseSlot(of: id) }
    connection.slotGranted()
  }

  // MARK: Deadlines

  /// Has `connection` told when the time for its peer is over.
  func setDeadline(for connection: ConnectionHandler) -> NIODeadline {
    let at = NIODeadline.now() + core.handshakeTimeout
    deadlines.append((at, connection.id))
    startTicking()
    return at
  }

  /// Has `connection` told when it has waited for a slot for too long.
  func setSlotDeadline(for connection: ConnectionHandler) -> NIODeadline {
    let at = NIODeadline.now() + core.slotWait
    slotDeadlines.append((at, connection.id))
    startTicking()
    return at
  }

  private func startTicking() {
    guard !isTicking else { return }
    isTicking = true
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    eventLoop.scheduleTask(in: Self.tick) { bound.value.ticked() }
  }

  /// One timer serves all connections: each kind of deadline has one length, so they expire in order.
  private func ticked() {
    let now = NIODeadline.now()
    isTicking = false
    // First who it is, then telling them: that may set other deadlines.
    let expired = takeExpired(&deadlines, now) + takeExpired(&slotDeadlines, now)
    for connection in expired { connection.deadlineReached(now) }
    core.admission.cutStalled(at: now)
    if !deadlines.isEmpty || !slotDeadlines.isEmpty { startTicking() }
  }

  private func takeExpired(
    _ deadlines: inout Deque<(at: NIODeadline, id: UInt64)>, _ now: NIODeadline
  ) -> [ConnectionHandler] {
    var expired: [ConnectionHandler] = []
    while let first = deadlines.first {
      let connection = connections[first.id]
      guard first.at <= now || connection == nil else { break }
      deadlines.removeFirst()
      if let connection { expired.append(connection) }
    }
    return expired
  }

  // MARK: Memory

  /// Lends an empty buffer for plaintext. What `body` passes on and nobody keeps is used again.
  func withPlaintext(_ body: (inout ByteBuffer) -> Void) {
    var buffer = ByteBuffer()
    swap(&buffer, &plaintext)
    buffer.clear(minimumCapacity: Self.plaintextCapacity)
    body(&buffer)
    swap(&buffer, &plaintext)
  }

  /// The window's output as a buffer to be written.
  func takeCiphertext() -> ByteBuffer {
    var buffer = ciphertext
    // A large one is let go of, or it would stay as long as the loop.
    if buffer.capacity > 65_536 { buffer = ByteBuffer() }
    ciphertext = ByteBuffer()
    buffer.clear()
    window.takeOutput { bytes in _ = buffer.writeBytes(bytes) }
    ciphertext = buffer
    return buffer
  }
}
