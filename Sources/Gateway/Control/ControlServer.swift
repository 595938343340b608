import NIOCore
import NIOPosix
import Platform
import ServiceLifecycle
import Storage

/// The control socket: HTTP with JSON in STATE/control.sock, for this user and root.
struct ControlServer: Service {
  private let path: String
  private let front: ControlFront
  private let chronicle: Chronicle
  private let log: GatewayLog

  init(_ state: StateDirectory, _ desk: ControlDesk, _ log: GatewayLog) {
    path = state.path + "/control.sock"
    front = ControlFront(desk) { _ in true }
    chronicle = desk.chronicle
    self.log = log
  }

  func run() async throws {
    do {
      let listener = try await listen()
      try await withGracefulShutdownHandler {
        try await serve(listener)
      } onGracefulShutdown: {
        listener.channel.close(promise: nil)
      }
    } catch {
      // Devices go on without it.
      log.controlUnavailable("\(path): \(error)")
      try? await gracefulShutdown()
    }
  }

  /// An accepted connection, and who made it.
  private struct Client: Sendable {
    let exchange: ControlFront.Exchange
    let credentials: PeerCredentials?
  }

  private func listen() async throws -> NIOAsyncChannel<Client, Never> {
    let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { channel in
        channel.eventLoop.makeCompletedFuture {
          let credentials = try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
          ) { try PeerCredentials(of: $0) }
          return Client(exchange: try ControlFront.configure(channel), credentials: credentials)
        }
      }
    try FileMode.set(0o600, of: path)
    return listener
  }

  private func serve(_ listener: NIOAsyncChannel<Client, Never>) async throws {
    try await withThrowingDiscardingTaskGroup { group in
      try await listener.executeThenClose { clients in
        for try await client in clients {
          // The socket's mode keeps others out; if somebody has changed it, this does.
          let isForbidden = client.credentials?.isTrusted != true
          if isForbidden { log.controlRefused(client.credentials) }
          group.addTask { await front.serve(client.exchange, isForbidden: isForbidden) }
        }
      }
      // The gateway stops: those who watch are told its last events, the others are not waited for.
      await chronicle.finishWatching()
      await front.finishStreams()
      group.cancelAll()
    }
  }
}
