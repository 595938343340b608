import NIOCore

/// One connection's whole life: accepted, handshaking, established, closed.
///
/// It is the only handler of ours in the channel's pipeline. What comes after it sees an authenticated connection:
/// the channel becomes active for it when the handshake is over, and its bytes are plaintext.
final class ConnectionHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Where the connection stands.
  enum Stage {
    /// Waiting for a trusted proxy to say whom it carries.
    case announcing(ByteBuffer)
    /// Waiting for a complete ClientHello.
    case accepted(ClientHelloScanner, ByteBuffer)
    /// The ClientHello is complete and waits for a slot.
    case queued(ByteBuffer)
    case handshaking(TLSHandshake)
    case established(TLSRecordLayer)
    /// Our close_notify is on its way out.
    case closing
    case closed
  }

  /// How much a peer that reads nothing may make us answer, past what makes a channel unwritable.
  private static let maximumAnswerBytes = 16_384
  /// How much plaintext is encrypted at a time.
  private static let pieceLength = 262_144

  let id: UInt64
  let loop: ConnectionLoop
  var stage: Stage
  /// Why an established connection ends, once that is known.
  var closeReason: SecureServerEvent.CloseReason?
  var context: ChannelHandlerContext?
  var peer: SecureServerEvent.Peer
  var deadline: NIODeadline = .distantFuture
  /// What the admission counts it by; nil when it doesn't.
  var countedAs: PeerKey?
  /// Which side has said close_notify.
  var closed = (byPeer: false, byUs: false)
  /// What was still to be sent when a closing connection was last looked at, and how often it was.
  var unsent = (bytes: 0, looks: 0)
  /// What OpenSSL has answered by itself (key updates, alerts) since the channel was last writable.
  private var answerBytes = 0
  /// Whether a read was asked for while none may be done.
  private var heldRead = false

  var core: ServerCore { loop.core }

  init(id: UInt64, address: SocketAddress?, isFromProxy: Bool, loop: ConnectionLoop) {
    self.id = id
    self.loop = loop
    peer = SecureServerEvent.Peer(connection: id, address: address, proxyAddress: nil)
    stage = isFromProxy ? .announcing(ByteBuffer()) : loop.core.firstStage
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { accept() }
  }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelActive(context: ChannelHandlerContext) { accept() }

  // MARK: Bytes in

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    receive(bytes)
    loop.received.takeBack(bytes)
  }

  func receive(_ bytes: ByteBuffer) {
    switch stage {
    case .announcing(let earlier): readProxyHeader(earlier, bytes)
    case .accepted(let scanner, let earlier): scanHello(scanner, earlier, bytes)
    case .queued(var hello):
      hello.writeImmutableBuffer(bytes)
      stage = .queued(hello)
    case .handshaking(let handshake): advance(handshake, with: bytes)
    case .established(let records): open(records, bytes)
    case .closing, .closed: break
    }
  }

  // MARK: The handshake

  func slotGranted() {
    guard case .queued(let hello) = stage else { return core.admission.releaseSlot(of: id) }
    handshake(with: hello)
    resumeReading()
  }

  func handshake(with hello: ByteBuffer) {
    core.emit(.handshakeStarted(peer))
    do {
      let (context, refusesName) = core.tlsContext(for: hello.readableBytesUInt8Span)
      let handshake = try TLSHandshake(context: context, window: loop.window, refusesServerName: refusesName)
      stage = .handshaking(handshake)
      core.helloAwaited(-1)
      deadline = loop.setDeadline(for: self)
      advance(handshake, with: hello)
    } catch {
      fail(.internalError("\(error)"))
    }
  }

  private func advance(_ handshake: TLSHandshake, with bytes: ByteBuffer) {
    var bytes = bytes
    let (step, consumed) = handshake.advance(with: bytes.readableBytesSpan, asking: self)
    bytes.moveReaderIndex(forwardBy: consumed)
    // The provider may have closed the channel meanwhile.
    guard case .handshaking = stage else { return loop.window.discardOutput() }
    // What the step came to is settled before anything is sent: a peer that has gone ends the connection in there.
    switch step {
    case .wantMoreBytes:
      emitAlerts()
      // A peer that drips its flight is waited for since we spoke last.
      if loop.window.hasOutput { core.admission.waitForPeer(id, since: .now()) }
      sendWindow()
    case .complete(let records, let info):
      establish(records, info, handshake.applicationContext)
      if bytes.readableBytes > 0 { receive(bytes) }
    case .failed(let reason): fail(reason, in: handshake)
    }
  }

  private func establish(_ records: TLSRecordLayer, _ info: TLSSessionInfo, _ application: (any Sendable)?) {
    guard let context else { return }
    guard !core.isClosing else { return fail(.serverClosing) }
    stage = .established(records)
    deadline = .distantFuture
    emitAlerts()
    core.admission.establish(id)
    core.memoryTrim.hasEnded(on: loop.eventLoop)
    core.emit(.established(peer, info))
    sendWindow()
    guard case .established = stage else { return core.admission.take() }
    do {
      let established = SecureChannelInfo(
        connection: id, peerAddress: peer.address, proxyAddress: peer.proxyAddress, tls: info, context: application)
      try core.initialize(context.channel, established)
      if case .established = stage { context.fireChannelActive() }
    } catch {
      core.admission.take()
      closeReason = .failed("\(error)")
      close(context: context, mode: .all, promise: nil)
    }
  }

  // MARK: Records

  private func open(_ records: TLSRecordLayer, _ bytes: ByteBuffer) {
    var bytes = bytes
    var isDone = false
    while !isDone, case .established = stage {
      loop.withPlaintext { plaintext in
        let (opened, consumed) = records.open(bytes, into: &plaintext)
        bytes.moveReaderIndex(forwardBy: consumed)
        // Out of the window at once, for others use it; flushed last, for a peer that has gone ends the connection there.
        let hasAnswer = loop.window.hasOutput
        if hasAnswer {
          answerBytes = context?.channel.isWritable == true ? 0 : answerBytes + loop.window.outputCount
          _ = writeWindow()
        }
        emitAlerts()
        if plaintext.readableBytes > 0 { context?.fireChannelRead(wrapInboundOut(plaintext)) }
        if hasAnswer { context?.flush() }
        isDone = hasEnded(opened)
        if answerBytes > Self.maximumAnswerBytes {
          cut(because: .protocolError("the peer asks without taking the answers"))
        }
      }
    }
  }

  private func hasEnded(_ opened: TLSRecordLayer.Opened) -> Bool {
    switch opened {
    case .full: return false
    case .wantMoreBytes: return true
    case .closed: peerSaidGoodbye()
    case .failed(let reason): end(reason)
    }
    return true
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if case .established = stage { context.fireChannelReadComplete() }
  }

  func read(context: ChannelHandlerContext) {
    // Before the slot nothing more is taken from the peer: what it sends waits in the kernel.
    if case .queued = stage { heldRead = true } else { context.read() }
  }

  private func resumeReading() {
    guard heldRead else { return }
    heldRead = false
    context?.read()
  }

  // MARK: Bytes out

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard case .established(let records) = stage, !closed.byUs else {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    let bytes = unwrapOutboundIn(data)
    guard !loop.window.isBusy else {
      return later(promise) { $0.channel.writeAndFlush(bytes, promise: promise) }
    }
    write(bytes, records, context, promise)
  }

  /// In pieces, so that the window stays small.
  private func write(
    _ bytes: ByteBuffer, _ records: TLSRecordLayer, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?
  ) {
    var bytes = bytes
    repeat {
      let piece = bytes.readSlice(length: min(bytes.readableBytes, Self.pieceLength)) ?? ByteBuffer()
      guard records.seal(piece.readableBytesSpan) else {
        loop.window.discardOutput()
        promise?.fail(ChannelError.ioOnClosedChannel)
        return
      }
      context.write(wrapOutboundOut(loop.takeCiphertext()), promise: bytes.readableBytes == 0 ? promise : nil)
    } while bytes.readableBytes > 0
  }

  /// Sends what OpenSSL has for the peer.
  func sendWindow() {
    if writeWindow() { context?.flush() }
  }

  private func writeWindow() -> Bool {
    guard loop.window.hasOutput else { return false }
    context?.write(wrapOutboundOut(loop.takeCiphertext()), promise: nil)
    return true
  }

  func emitAlerts() {
    for (alert, isSent) in loop.window.takeAlerts() where alert.code != TLSAlert.closeNotifyCode {
      core.emit(isSent ? .alertSent(peer, alert) : .alertReceived(peer, alert))
    }
  }

  /// Runs `body` on the loop's next turn: OpenSSL is being called now, and one of its callbacks wants more.
  func later(_ promise: EventLoopPromise<Void>?, _ body: @escaping @Sendable (ChannelHandlerContext) -> Void) {
    let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
    loop.eventLoop.execute {
      guard let context = bound.value.context else {
        promise?.fail(ChannelError.ioOnClosedChannel)
        return
      }
      body(context)
    }
  }
}

extension TLSRecordLayer {
  /// Decrypts `ciphertext` into the writable part of `plaintext`.
  fileprivate func open(_ ciphertext: ByteBuffer, into plaintext: inout ByteBuffer) -> (opened: Opened, consumed: Int) {
    var result: (Opened, Int) = (.wantMoreBytes, 0)
    plaintext.writeWithOutputRawSpan(minimumWritableBytes: plaintext.writableBytes) { span in
      result = open(ciphertext.readableBytesSpan, into: &span)
    }
    return result
  }
}
