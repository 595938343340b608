import Glibc
import NIOCore

/// Decides whether a listening socket accepts: nobody has paused it, and accept(2) has not failed just now.
///
/// SwiftNIO would try again at once, and go on trying as fast as it can: while files are lacking, the connection stays in
/// the backlog and the socket readable.
final class AcceptGate: ChannelInboundHandler {
  typealias InboundIn = any Channel
  typealias InboundOut = any Channel

  /// The user event that tells the gate to look again whether it may accept.
  struct Changed: Sendable {}

  /// How soon accepting is tried again: soon enough for who waits, and ten times a second costs nothing.
  private static let backoff = TimeAmount.milliseconds(100)

  private let core: ServerCore
  private let listener: Listener
  /// The connections of the socket's own event loop.
  private let loop: LoopHandle?
  private var isBackingOff = false
  /// Accepted while accepting was being paused: they wait here instead of the kernel's backlog.
  private var held: [any Channel] = []

  init(_ core: ServerCore, _ listener: Listener, _ loop: LoopHandle?) {
    self.core = core
    self.listener = listener
    self.loop = loop
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is Changed { apply(context) } else { context.fireUserInboundEventTriggered(event) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let channel = unwrapInboundIn(data)
    if listener.accepts { admit(channel, context) } else { held.append(channel) }
  }

  /// A connection for the socket's own loop begins at once. The bootstrap's way, which the others take, costs a task and
  /// four futures.
  private func admit(_ channel: any Channel, _ context: ChannelHandlerContext) {
    guard let loop, channel.eventLoop === context.eventLoop else {
      return context.fireChannelRead(wrapInboundOut(channel))
    }
    do {
      try loop.addConnection(to: channel)
      channel._channelCore.registerAlreadyConfigured0(promise: nil)
    } catch {
      channel.close(promise: nil)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // The peer went before it was accepted: that is its business.
    if let error = error as? IOError, error.errnoCode == ECONNABORTED { return }
    report("\(error)")
    guard !isBackingOff else { return }
    isBackingOff = true
    apply(context)
    context.eventLoop.assumeIsolated().scheduleTask(in: Self.backoff) {
      self.isBackingOff = false
      self.apply(context)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    // An error that SwiftNIO takes for the socket's end.
    for channel in held { channel.close(promise: nil) }
    held = []
    if !listener.isClosed { core.emit(.acceptFailed("the listening socket has failed and is closed")) }
    context.fireChannelInactive()
  }

  /// As things are by now: two changes that come from two threads end as the later one says.
  private func apply(_ context: ChannelHandlerContext) {
    let accepts = listener.accepts && !isBackingOff
    // A socket that is closed meanwhile accepts nothing anyway.
    do { try context.channel.syncOptions?.setOption(.autoRead, value: accepts) } catch {}
    guard listener.accepts, !held.isEmpty else { return }
    let waiting = held
    held = []
    for channel in waiting { admit(channel, context) }
    context.fireChannelReadComplete()
  }

  private func report(_ text: String) {
    if listener.mayReport(at: .now()) { core.emit(.acceptFailed(text)) }
  }
}
