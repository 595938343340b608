import Platform
import SecureServer
import ServiceLifecycle

/// The server as a service: it says when it listens, to the log and to systemd.
struct Listening: Service {
  private let server: SecureServer
  private let log: GatewayLog

  init(_ server: SecureServer, _ log: GatewayLog) {
    self.server = server
    self.log = log
  }

  func run() async throws {
    for address in try await server.listen() { log.listening(address) }
    SystemdNotification.send("READY=1")
    try await withGracefulShutdownHandler {
      try await server.run()
    } onGracefulShutdown: {
      SystemdNotification.send("STOPPING=1")
    }
  }
}
