import FoundationEssentials
import SecureServer
import Settings

extension GatewayConfiguration {
  /// How many event loops serve the devices.
  var threadCount: Int {
    limits.eventLoopThreads == 0 ? ProcessInfo.processInfo.activeProcessorCount : limits.eventLoopThreads
  }

  /// The server's configuration.
  ///
  /// - Throws: `SecureServerError`.
  func secureServer(
    inherited: [CInt], preSharedKeys provider: @escaping PreSharedKeyProvider
  ) throws -> SecureServerConfiguration {
    let own = listen.map { serverAddress(host: $0.host, port: $0.port) }
    var server = SecureServerConfiguration(
      addresses: inherited.isEmpty ? own : inherited.map { .inherited(descriptor: $0) },
      tls: try tlsConfiguration(provider))
    if !proxyProtocol.trusted.isEmpty {
      server.proxyProtocol = try .init(trusting: proxyProtocol.trusted.map(\.description))
    }
    server.handshakeTimeout = limits.handshakeTimeout
    server.backlog = limits.backlog
    server.drainTimeout = limits.drainTimeout
    server.limits.accepted = limits.maximumAccepted
    server.limits.handshaking = limits.maximumHandshaking
    server.limits.handshakePatience = limits.handshakePatience
    server.limits.slotWait = limits.maximumSlotWait
    server.limits.connections = limits.maximumConnections
    server.limits.connectionsPerAddress = limits.maximumConnectionsPerAddress
    return server
  }

  private func tlsConfiguration(_ provider: @escaping PreSharedKeyProvider) throws -> TLSConfiguration {
    var settings = TLSConfiguration(preSharedKeyProvider: provider)
    settings.minimumTLSVersion = tls.minimumVersion.forServer
    settings.maximumTLSVersion = tls.maximumVersion.forServer
    settings.cipherSuites =
      switch tls.suites {
      case .modern: .modern
      case .constrained: .constrained
      case .legacy: .legacy
      }
    settings.serverCipherPreference = tls.serverCipherPreference
    settings.pskHint = tls.identityHint
    settings.allowsPSKWithoutForwardSecrecy = tls.allowPSKWithoutDiffieHellman
    settings.unknownIdentityPolicy = tls.unknownIdentity == .masked ? .masked : .alert
    settings.applicationProtocols = ["mqtt"]
    if tls.sessionTickets {
      // Two keys at a time at most; they go with the process, and a device then makes a new handshake.
      settings.sessionTickets = try SessionTickets(
        lifetime: tls.sessionTicketLifetime, rotationInterval: tls.sessionTicketLifetime)
    }
    // devices.d has looked at each key already: what is shorter was let in by its operator.
    settings.minimumPreSharedKeyLength = 1
    return settings
  }
}

extension GatewayConfiguration.TLS.Version {
  fileprivate var forServer: TLSVersion {
    switch self {
    case .v12: .tlsv12
    case .v13: .tlsv13
    }
  }
}
