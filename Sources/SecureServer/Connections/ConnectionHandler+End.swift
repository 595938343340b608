import NIOCore

/// How a connection ends: once, with one outcome, and everything that it held given back.
extension ConnectionHandler {
  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    guard mode != .input else {
      promise?.fail(ChannelError.operationUnsupported)
      return
    }
    guard !loop.window.isBusy else { return later(promise) { $0.close(mode: mode, promise: promise) } }
    switch stage {
    case .announcing, .accepted, .queued, .handshaking:
      fail(.serverClosing)
      promise?.succeed(())
    case .established(let records) where mode == .output && !closed.byPeer:
      sayGoodbye(records)
      context.writeAndFlush(wrapOutboundOut(loop.takeCiphertext()), promise: promise)
    case .established(let records):
      closeReason = closeReason ?? (closed.byPeer ? .closedByPeer : .closedByServer)
      stage = .closing
      sayGoodbye(records)
      context.writeAndFlush(wrapOutboundOut(loop.takeCiphertext()), promise: nil)
      closeWhenSent(context, promise)
    // It closes when everything was sent.
    case .closing: context.channel.closeFuture.cascade(to: promise)
    case .closed: context.close(mode: mode, promise: promise)
    }
  }

  /// Nearly always all was sent at once, and a promise that says so costs more than to look.
  private func closeWhenSent(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
    guard case .closing = stage, bufferedBytes > 0 else { return context.close(mode: .all, promise: promise) }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
      context.close(mode: .all, promise: promise)
    }
    waitForPeer()
  }

  /// The application wants to be rid of it.
  func closeByServer(immediately: Bool) {
    guard let context else { return }
    close(context: context, mode: .all, promise: nil)
    if immediately, case .closing = stage { context.close(promise: nil) }
  }

  private func sayGoodbye(_ records: TLSRecordLayer) {
    guard !closed.byUs else { return }
    closed.byUs = true
    records.close()
    _ = loop.window.takeAlerts()
  }

  /// close_notify: nothing more will come. A channel that allows it may go on sending (RFC 8446 §6.1), the others close.
  func peerSaidGoodbye() {
    guard let context, case .established = stage, !closed.byPeer else { return }
    closed.byPeer = true
    context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    if closed.byUs || !allowsHalfClosure { end(.closedByPeer) }
  }

  /// As NIO's own channels say it, by ``ChannelOptions/allowRemoteHalfClosure``.
  private var allowsHalfClosure: Bool {
    // An option that cannot be read is not set.
    (try? context?.channel.syncOptions?.getOption(.allowRemoteHalfClosure)) ?? false
  }

  /// Closes an established connection, and tells the application why unless the peer said goodbye.
  func end(_ reason: SecureServerEvent.CloseReason) {
    guard let context, case .established = stage else { return }
    closeReason = closeReason ?? reason
    if reason != .closedByPeer { context.fireErrorCaught(reason) }
    close(context: context, mode: .all, promise: nil)
  }

  /// Drops an established connection with all that it has not taken.
  func cut(because reason: SecureServerEvent.CloseReason) {
    guard let context, case .established = stage else { return }
    closeReason = closeReason ?? reason
    context.fireErrorCaught(reason)
    context.close(promise: nil)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // TCP's end, where half-closure is allowed; without, the channel closes by itself.
    guard let event = event as? ChannelEvent, event == .inputClosed else {
      return context.fireUserInboundEventTriggered(event)
    }
    switch stage {
    case .announcing, .accepted, .queued: fail(.peerClosed)
    case .handshaking(let handshake): fail(.peerClosed, in: handshake)
    case .established: if !closed.byPeer { end(.truncated) }
    case .closing, .closed: break
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    switch stage {
    case .announcing, .accepted, .queued: fail(.peerClosed)
    case .handshaking(let handshake): fail(.peerClosed, in: handshake)
    case .established, .closing:
      let reason = closeReason ?? (closed.byPeer ? .closedByPeer : .truncated)
      if closeReason == nil, reason == .truncated { context.fireErrorCaught(reason) }
      stage = .closed
      core.emit(.closed(peer, reason))
      leave()
      context.fireChannelInactive()
    case .closed: break
    }
    loop.remove(self)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if case .established = stage {
      closeReason = closeReason ?? .failed("\(error)")
      context.fireErrorCaught(error)
    }
    context.close(promise: nil)
  }

  func deadlineReached(_ now: NIODeadline) {
    guard deadline <= now else { return }
    switch stage {
    case .announcing, .accepted: fail(.timedOut)
    case .queued: fail(.serverBusy)
    case .handshaking(let handshake): fail(.timedOut, in: handshake)
    case .closing: closeUnlessSending()
    case .established, .closed: break
    }
  }

  /// To be cut when what is unsent has gone down no further by the deadline.
  private func waitForPeer() {
    deadline = loop.setDeadline(for: self)
    unsent = (bytes: bufferedBytes, looks: 0)
  }

  /// A peer that still takes what we have for it is waited for, one that does not is cut; so is one that takes for ever.
  private func closeUnlessSending() {
    let bytes = bufferedBytes
    guard bytes > 0, bytes < unsent.bytes, unsent.looks < Self.maximumLooks else {
      context?.close(promise: nil)
      return
    }
    unsent = (bytes, unsent.looks + 1)
    deadline = loop.setDeadline(for: self)
  }

  private var bufferedBytes: Int {
    // A channel that cannot tell has nothing.
    (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
  }

  /// How many times the handshake's timeout a closing connection may take.
  private static var maximumLooks: Int { 12 }

  /// The slot goes to somebody else.
  func cut() {
    if case .handshaking(let handshake) = stage { fail(.serverBusy, in: handshake) }
  }

  /// The server stops: what is not established ends, the rest is asked to.
  func quiesce() {
    switch stage {
    case .announcing, .accepted, .queued: fail(.serverClosing)
    case .handshaking(let handshake): fail(.serverClosing, in: handshake)
    case .established: context?.fireUserInboundEventTriggered(SecureChannelEvent.shouldQuiesce)
    case .closing, .closed: break
    }
  }

  /// The time to drain is over.
  func terminate() {
    closeReason = closeReason ?? .serverClosing
    if case .closing = stage { context?.close(promise: nil) } else { context?.channel.close(promise: nil) }
  }

  func fail(_ reason: HandshakeFailure.Reason, in handshake: TLSHandshake? = nil) {
    if case .closed = stage { return }
    switch stage {
    case .announcing:
      core.emit(.accepted(peer))
      if countedAs != nil { core.helloAwaited(-1) }
    case .accepted, .queued: if countedAs != nil { core.helloAwaited(-1) }
    case .handshaking, .established, .closing, .closed: break
    }
    stage = .closed
    let alerts = loop.window.alerts
    emitAlerts()
    let failure = HandshakeFailure(
      reason: reason, offeredIdentity: handshake?.offeredIdentity, version: handshake?.version,
      alertSent: alerts.last { $0.isSent }?.alert, offer: handshake?.offer)
    core.emit(.handshakeFailed(peer, failure))
    leave()
    core.admission.releaseSlot(of: id)
    sendWindow()
    context?.close(promise: nil)
  }

  private func leave() {
    guard let key = countedAs else { return }
    countedAs = nil
    core.admission.leave(key)
    core.memoryTrim.hasEnded(on: loop.eventLoop)
  }
}
