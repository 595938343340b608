import Glibc
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// One connection of the gateway, and the one to the broker that goes with it; both on one event loop.
final class ProxiedConnection: Sendable {
  private let gateway: any Channel
  private let broker: any Channel
  private let shared: BrokerProxy.Shared
  /// On the event loop only.
  private let reader: NIOLoopBoundBox<PublicationReader>
  /// What is delayed: on its way to the broker, and to the gateway.
  private let onTheWay: NIOLoopBoundBox<[[ByteBuffer]]>

  private init(_ gateway: any Channel, _ broker: any Channel, _ shared: BrokerProxy.Shared) {
    self.gateway = gateway
    self.broker = broker
    self.shared = shared
    onTheWay = NIOLoopBoundBox([[], []], eventLoop: gateway.eventLoop)
    reader = NIOLoopBoundBox(PublicationReader(shared.record), eventLoop: gateway.eventLoop)
  }

  /// Connects to the broker for a connection that was accepted.
  static func begin(_ gateway: any Channel, _ shared: BrokerProxy.Shared) -> EventLoopFuture<Void> {
    let (weather, target) = shared.state.withLockedValue { ($0.weather, $0.target) }
    guard weather != .refusing else { return gateway.close() }
    return ClientBootstrap(group: gateway.eventLoop)
      .channelOption(.autoRead, value: false)
      .connect(host: "127.0.0.1", port: target)
      .flatMapThrowing { broker in
        let connection = ProxiedConnection(gateway, broker, shared)
        try gateway.pipeline.syncOperations.addHandler(Relay(connection, isFromGateway: true))
        try broker.pipeline.syncOperations.addHandler(Relay(connection, isFromGateway: false))
        shared.state.withLockedValue { $0.connections[ObjectIdentifier(connection)] = connection }
        connection.weatherChanged()
      }
      .flatMapError { _ in gateway.close() }
  }

  /// Reads, or stops reading.
  func weatherChanged() {
    let reads = shared.weather != .frozen
    for channel in [gateway, broker] { channel.setOption(.autoRead, value: reads).whenFailure { _ in } }
  }

  /// Closes both with a reset.
  func reset() {
    for channel in [gateway, broker] {
      guard let options = channel as? any SocketOptionProvider else { continue }
      options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
    }
  }

  private func pass(_ bytes: ByteBuffer, isFromGateway: Bool) {
    var delay = TimeAmount.zero
    if case .slow(let time) = shared.weather { delay = .nanoseconds(Int64(time / .nanoseconds(1))) }
    let way = isFromGateway ? 0 : 1
    guard delay > .zero || !onTheWay.value[way].isEmpty else { return passNow(bytes, isFromGateway) }
    // Nothing overtakes what is still on its way: whichever task comes first passes on what came first.
    onTheWay.value[way].append(bytes)
    _ = gateway.eventLoop.scheduleTask(in: delay) {
      self.passNow(self.onTheWay.value[way].removeFirst(), isFromGateway)
    }
  }

  /// Noted when it leaves: what a cut keeps from arriving was not acknowledged. What the gateway sends may be lost all the
  /// same, but is asked for in the order of publication only.
  private func passNow(_ bytes: ByteBuffer, _ isFromGateway: Bool) {
    guard gateway.isActive, broker.isActive else { return }
    if isFromGateway {
      reader.value.gatewaySent(bytes)
      broker.writeAndFlush(bytes, promise: nil)
    } else {
      reader.value.brokerSent(bytes)
      gateway.writeAndFlush(bytes, promise: nil)
    }
  }

  private func ended() {
    shared.state.withLockedValue { $0.connections[ObjectIdentifier(self)] = nil }
    for channel in [gateway, broker] { channel.close(promise: nil) }
  }

  private final class Relay: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let connection: ProxiedConnection
    private let isFromGateway: Bool

    init(_ connection: ProxiedConnection, isFromGateway: Bool) {
      self.connection = connection
      self.isFromGateway = isFromGateway
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      connection.pass(unwrapInboundIn(data), isFromGateway: isFromGateway)
    }

    func channelInactive(context: ChannelHandlerContext) { connection.ended() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}
