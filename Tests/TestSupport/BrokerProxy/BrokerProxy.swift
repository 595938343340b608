import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// A proxy between a gateway and its broker that does what networks do: it cuts, freezes, slows down and refuses. It
/// notes what passes, and never changes it.
public final class BrokerProxy: Sendable {
  /// What it does to connections.
  public enum Weather: Sendable, Equatable {
    /// It passes everything on.
    case fair
    /// Connections stay, nothing passes.
    case frozen
    /// Everything arrives so much later.
    case slow(Duration)
    /// New connections are closed at once.
    case refusing
  }

  /// What has passed.
  public let record: DeliveryRecord
  /// Where the gateway connects, on 127.0.0.1.
  public let port: Int
  private let listener: any Channel
  private let shared: Shared

  /// What all connections share.
  final class Shared: Sendable {
    let record: DeliveryRecord
    let state: NIOLockedValueBox<State>

    struct State {
      var target: Int
      var weather = Weather.fair
      var connections: [ObjectIdentifier: ProxiedConnection] = [:]
    }

    init(_ record: DeliveryRecord, target: Int) {
      self.record = record
      state = NIOLockedValueBox(State(target: target))
    }

    var weather: Weather { state.withLockedValue { $0.weather } }
  }

  fileprivate init(toPort target: Int, _ record: DeliveryRecord) async throws {
    self.record = record
    let shared = Shared(record, target: target)
    self.shared = shared
    let group = MultiThreadedEventLoopGroup.singleton.next()
    listener = try await ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.autoRead, value: false)
      .childChannelInitializer { ProxiedConnection.begin($0, shared) }
      .bind(host: "127.0.0.1", port: 0).get()
    port = listener.localAddress?.port ?? 0
  }

  /// From now on the weather is this.
  public func set(_ weather: Weather) {
    let connections = shared.state.withLockedValue { state -> [ProxiedConnection] in
      state.weather = weather
      return Array(state.connections.values)
    }
    for connection in connections { connection.weatherChanged() }
  }

  /// New connections go to this port.
  public func redirect(toPort target: Int) { shared.state.withLockedValue { $0.target = target } }

  /// Ends all connections at once: with a reset, which loses what is under way.
  public func cut() {
    for connection in shared.state.withLockedValue({ Array($0.connections.values) }) { connection.reset() }
  }

  fileprivate func close() async throws {
    cut()
    try await listener.close()
  }
}

/// Runs a proxy to a broker's port for the duration of `body`.
public func withBrokerProxy<Result>(
  toPort target: Int, record: DeliveryRecord = DeliveryRecord(), _ body: (BrokerProxy) async throws -> Result
) async throws -> Result {
  let proxy = try await BrokerProxy(toPort: target, record)
  do {
    let result = try await body(proxy)
    try await proxy.close()
    return result
  } catch {
    try await proxy.close()
    throw error
  }
}
