import NIOCore

/// How a connection ends: once, with one outcome, and everything that it held given back.
extension ConnectionHandler {
  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    guard !loop.window.isBusy else { return later { $0.close(mode: mode, promise: promise) } }
    switch stage {
    case .announcing, .accepted, .queued, .handshaking:
      fail(.serverClosing)
      promise?.succeed(())
    case .established(let records):
      closeReason = closeReason ?? .closedByServer
      stage = .closing
      records.close()
      deadline = loop.setDeadline(for: self)
      _ = loop.window.takeAlerts()
      context.writeAndFlush(wrapOutboundOut(loop.takeCiphertext())).assumeIsolated().whenComplete { _ in
        context.close(mode: .all, promise: promise)
      }
    case .closing, .closed: context.close(mode: mode, promise: promise)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    switch stage {
    case .announcing, .accepted, .queued: fail(.peerClosed)
    case .handshaking(let handshake): fail(.peerClosed, in: handshake)
    case .established, .closing:
      stage = .closed
      leave()
      core.emit(.closed(peer, closeReason ?? .truncated))
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
    case .closing: context?.close(promise: nil)
    case .established, .closed: break
    }
  }

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
    switch stage {
    case .announcing:
      core.emit(.accepted(peer))
      if countedAs != nil { core.helloAwaited(-1) }
    case .accepted: if countedAs != nil { core.helloAwaited(-1) }
    case .queued, .handshaking, .established, .closing, .closed: break
    }
    stage = .closed
    let alerts = loop.window.alerts
    emitAlerts()
    leave()
    core.admission.releaseSlot(of: id)
    let failure = HandshakeFailure(
      reason: reason, offeredIdentity: handshake?.offeredIdentity, version: handshake?.version,
      alertSent: alerts.last { $0.isSent }?.alert)
    core.emit(.handshakeFailed(peer, failure))
    context?.close(promise: nil)
  }

  private func leave() {
    guard let key = countedAs else { return }
    countedAs = nil
    core.admission.leave(key)
  }
}
