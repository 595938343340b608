import NIOCore
import NIOPosix
import Synchronization

/// The listening sockets of a server, and whether they accept.
final class Listener: Sendable {
  private struct State {
    /// One or more for each address.
    var sockets: [[any Channel]] = []
    var isPausedByUser = false
    var isPausedByLimit = false
    var channels: [any Channel] { Array(sockets.joined()) }
    var accepts: Bool { !isPausedByUser && !isPausedByLimit }
  }

  private let state = Mutex(State())

  var addresses: [SocketAddress] { state.withLock { $0.sockets.compactMap(\.first?.localAddress) } }

  /// A pause by the user is undone by the user alone.
  func setPaused(byUser paused: Bool) { change { $0.isPausedByUser = paused } }

  /// A pause at the limit of accepted connections ends by itself.
  func setPaused(byLimit paused: () -> Bool) { change { $0.isPausedByLimit = paused() } }

  private func change(_ body: (inout State) -> Void) {
    let channels = state.withLock { state -> [any Channel] in
      let before = state.accepts
      body(&state)
      return state.accepts == before ? [] : state.channels
    }
    for channel in channels { channel.eventLoop.execute { self.apply(to: channel) } }
  }

  /// On the channel's loop, as the state is by then: two changes that come from two threads end as the later one says.
  private func apply(to channel: any Channel) {
    // A socket that is closed meanwhile accepts nothing anyway.
    channel.setOption(.autoRead, value: state.withLock { $0.accepts }).whenFailure { _ in }
  }

  /// Listens on every address of the configuration, or on none.
  func open(
    _ core: ServerCore, group: any EventLoopGroup, loops: [ObjectIdentifier: LoopHandle]
  ) async throws(SecureServerError) {
    for address in core.configuration.addresses {
      do {
        let sockets = ListeningSockets(core: core, group: group, loops: loops, accepts: state.withLock(\.accepts))
        let channels = try await sockets.open(address)
        state.withLock { $0.sockets.append(channels) }
      } catch {
        await close()
        throw .cannotListen(address, reason: Self.reason(error))
      }
    }
  }

  func close() async {
    for channel in state.withLock({ $0.channels }) {
      // Already closed is as good.
      do { try await channel.close() } catch {}
    }
  }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? IOError else { return "\(error)" }
    return systemErrorText(error.errnoCode)
  }
}
