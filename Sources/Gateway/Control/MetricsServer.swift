import Control
import NIOCore
import NIOPosix
import ServiceLifecycle
import Settings

/// Metrics and health on a TCP port, for whoever asks: a Prometheus, a load balancer.
struct MetricsServer: Service {
  private let address: ListenAddress
  private let front: ControlFront
  private let log: GatewayLog

  /// - Returns: nil where none is configured.
  init?(_ configuration: GatewayConfiguration, _ desk: ControlDesk, _ log: GatewayLog) {
    guard let address = configuration.metrics.listen else { return nil }
    self.address = address
    self.log = log
    front = ControlFront(desk) { request in
      switch request {
      case .metrics, .health, .readiness: true
      case .status, .reload, .online, .disconnect, .events, .why: false
      }
    }
  }

  func run() async throws {
    do {
      let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .bind(host: address.host, port: address.port) { channel in
          channel.eventLoop.makeCompletedFuture { try ControlFront.configure(channel) }
        }
      log.metricsListening(listener.channel.localAddress)
      try await withGracefulShutdownHandler {
        try await serve(listener)
      } onGracefulShutdown: {
        listener.channel.close(promise: nil)
      }
    } catch {
      // Devices go on without it.
      log.metricsUnavailable("\(address): \(error)")
      try? await gracefulShutdown()
    }
  }

  private func serve(_ listener: NIOAsyncChannel<ControlFront.Exchange, Never>) async throws {
    try await withThrowingDiscardingTaskGroup { group in
      try await listener.executeThenClose { connections in
        for try await connection in connections {
          group.addTask { await front.serve(connection) }
        }
      }
      group.cancelAll()
    }
  }
}
