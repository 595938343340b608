import NIOConcurrencyHelpers
import NIOCore
import SecureServer
import ServiceLifecycle
import TestSupport

/// A real server on a free loopback port, with everything that it reported.
final class Server: Sendable {
  let port: Int
  let server: SecureServer
  private let recorded: Recorder

  final class Recorder: Sendable {
    private let list = NIOLockedValueBox<[SecureServerEvent]>([])
    func add(_ event: SecureServerEvent) { list.withLockedValue { $0.append(event) } }
    var events: [SecureServerEvent] { list.withLockedValue { $0 } }
  }

  init(port: Int, server: SecureServer, recorded: Recorder) {
    self.port = port
    self.server = server
    self.recorded = recorded
  }

  var address: String { "127.0.0.1:\(port)" }
  var events: [SecureServerEvent] { recorded.events }

  var failures: [HandshakeFailure] {
    events.compactMap { if case .handshakeFailed(_, let failure) = $0 { failure } else { nil } }
  }
  var reasons: [HandshakeFailure.Reason] { failures.map(\.reason) }
  var established: [TLSSessionInfo] {
    events.compactMap { if case .established(_, let info) = $0 { info } else { nil } }
  }
  var closeReasons: [SecureServerEvent.CloseReason] {
    events.compactMap { if case .closed(_, let reason) = $0 { reason } else { nil } }
  }
  var peerAddresses: [String?] {
    events.compactMap { if case .accepted(let peer) = $0 { peer.address?.ipAddress } else { nil } }
  }
  /// How many handshakes have begun.
  var startedCount: Int { events.count { if case .handshakeStarted = $0 { true } else { false } } }
  /// The peer of each event, in order.
  var peers: [SecureServerEvent.Peer] {
    events.compactMap {
      switch $0 {
      case .accepted(let peer), .handshakeStarted(let peer), .handshakeFailed(let peer, _), .established(let peer, _),
        .alertSent(let peer, _), .alertReceived(let peer, _), .closed(let peer, _):
        peer
      case .acceptFailed, .keyLogEnabled: nil
      }
    }
  }
  var alertsSent: [UInt8] { events.compactMap { if case .alertSent(_, let alert) = $0 { alert.code } else { nil } } }
  var alertsReceived: [UInt8] {
    events.compactMap { if case .alertReceived(_, let alert) = $0 { alert.code } else { nil } }
  }
  /// What happened, by name.
  var names: [String] { events.map(\.name) }

  /// The next outcome of a handshake, once `count` have come.
  func outcomes(_ count: Int = 1) async throws -> [HandshakeFailure.Reason?] {
    try await eventually("\(count) outcomes, but \(events)") { outcomesSoFar.count >= count }
    return outcomesSoFar
  }

  private var outcomesSoFar: [HandshakeFailure.Reason?] {
    events.compactMap {
      switch $0 {
      case .handshakeFailed(_, let failure): .some(.some(failure.reason))
      case .established: .some(nil)
      default: nil
      }
    }
  }
}

extension SecureServerEvent {
  var name: String {
    switch self {
    case .accepted: "accepted"
    case .handshakeStarted: "handshakeStarted"
    case .handshakeFailed: "handshakeFailed"
    case .established: "established"
    case .alertSent: "alertSent"
    case .alertReceived: "alertReceived"
    case .closed: "closed"
    case .keyLogEnabled: "keyLogEnabled"
    case .acceptFailed: "acceptFailed"
    }
  }
}

/// The keys of a test: by identity.
typealias Keys = [[UInt8]: [UInt8]]

/// 16 bytes: the same in every test, used by nothing else.
let demoKey: [UInt8] = Array(0x10...0x1f)
let demoKeys: Keys = [Array("demo".utf8): demoKey]

/// Settings for `keys`.
func tls(_ keys: Keys = demoKeys) -> TLSConfiguration {
  TLSConfiguration { offer in
    guard let bytes = keys[offer.identity], let key = try? PreSharedKey(bytes) else { return .unknownIdentity }
    return .accept(key)
  }
}

func configuration(_ tls: TLSConfiguration = tls()) -> SecureServerConfiguration {
  var settings = SecureServerConfiguration(addresses: [.host("127.0.0.1", port: 0)], tls: tls)
  // Long enough for a machine that does much else; tests of deadlines set their own.
  settings.handshakeTimeout = .seconds(60)
  return settings
}

/// Runs a server that sends back what it gets.
func withEchoServer<Result: Sendable>(
  _ configuration: SecureServerConfiguration = configuration(),
  _ body: @escaping @Sendable (Server) async throws -> Result
) async throws -> Result {
  let recorder = Server.Recorder()
  let server = try SecureServer(configuration: configuration, observer: recorder.add) { channel, _ in
    try channel.pipeline.syncOperations.addHandler(EchoHandler())
  }
  return try await run(server, recorder, body)
}

/// Runs a server whose connections the body takes.
func withServer<Result: Sendable>(
  _ configuration: SecureServerConfiguration = configuration(),
  _ body: @escaping @Sendable (Server) async throws -> Result
) async throws -> Result {
  let recorder = Server.Recorder()
  return try await run(try SecureServer(configuration: configuration, observer: recorder.add), recorder, body)
}

/// Runs `server`, which listens already or not, for the duration of `body`.
func run<Result: Sendable>(
  _ server: SecureServer, _ recorder: Server.Recorder, _ body: @escaping @Sendable (Server) async throws -> Result
) async throws -> Result {
  let addresses = try await server.listen()
  let port = addresses.first?.port ?? 0
  return try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await server.run() }
    do {
      let result = try await body(Server(port: port, server: server, recorded: recorder))
      group.cancelAll()
      try await group.waitForAll()
      return result
    } catch {
      group.cancelAll()
      throw error
    }
  }
}

final class EchoHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.writeAndFlush(data, promise: nil) }
}
