import NIOConcurrencyHelpers
import NIOCore
import SecureServer
import TestSupport
import Testing

/// Connections that are closed at the worst moments.
@Suite struct ClosingTests {
  /// From where the connection is closed.
  enum Callback: String, CaseIterable, CustomTestStringConvertible {
    case accepted, handshakeStarted, provider, established, initializer, channelActive, channelRead
    var testDescription: String { rawValue }
  }

  @Test(arguments: Callback.allCases, ["-tls1_2", "-tls1_3"])
  func `B11: closed inside any callback with a megabyte to send, there is one outcome`(
    callback: Callback, version: String
  ) async throws {
    let closer = Closer(callback)
    var settings = configuration(closer.tls)
    settings.handshakeTimeout = .seconds(60)
    let recorder = Server.Recorder()
    let server = try SecureServer(
      configuration: settings,
      observer: { event in
        recorder.add(event)
        closer.heard(event)
      }, channelInitializer: closer.initialize)
    closer.server.withLockedValue { $0 = server }
    try await run(server, recorder) { server in
      try await withOpenSSL(to: server, [version, "-quiet"]) { client in
        try client.write("hello\n")
        try await eventually("an outcome, but \(server.events)") {
          server.failures.count + server.closeReasons.count == 1
        }
        try await eventually("nobody left") { server.server.connectionCount == 0 }
        try await client.waitForExit()
      }
      #expect(server.failures.count + server.closeReasons.count == 1)
      #expect(server.reasons.allSatisfy { $0 == .serverClosing })
      #expect(server.closeReasons.allSatisfy { $0 == .closedByServer })
    }
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func `B11: closed inside the verification of a certificate, there is one outcome`(version: String) async throws {
    let closing = NIOLockedValueBox<SecureServer?>(nil)
    var tls = try await Certificates.made().tls()
    tls.clientCertificates = .require
    tls.verify = { verification in
      closing.withLockedValue { $0 }?.closeConnection(verification.connection)
      return .accept
    }
    let final = tls
    try await Certificates.made().withFiles { directory in
      try await withEchoServer(configuration(final)) { server in
        closing.withLockedValue { $0 = server.server }
        _ = try await failClient(server, [version] + Certificates.options("self-signed", in: directory))
        try await eventually("an outcome") { server.failures.count + server.closeReasons.count == 1 }
        try await eventually("nobody left") { server.server.connectionCount == 0 }
        closing.withLockedValue { $0 = nil }
      }
    }
  }

  @Test func `a record that was changed on the way ends the connection with an alert`() async throws {
    try await withEchoServer { server in
      let record: [UInt8] = [23, 3, 3, 0, 32] + [UInt8](repeating: 7, count: 32)
      #expect(await !OpenSSLClient.echoes(from: server, spoiltBy: record))
      try await eventually("the end") { server.closeReasons.count == 1 }
      guard case .protocolError = server.closeReasons.first else {
        Issue.record("\(server.closeReasons)")
        return
      }
      #expect(server.alertsSent == [20])
      #expect(server.names == ["accepted", "handshakeStarted", "established", "alertSent", "closed"])
    }
  }

  @Test func `a peer that asks for new keys and reads none of the answers is cut`() async throws {
    try await withEchoServer { server in
      let count = await OpenSSLClient.askForKeys(1_000_000, of: server)
      #expect(count < 1_000_000)
      try await eventually("the end") { server.closeReasons.count == 1 }
      #expect(server.closeReasons == [.protocolError("the peer asks without taking the answers")])
    }
  }

  @Test func `stopped in the middle of handshakes, nothing is delivered afterwards`() async throws {
    let (server, recorder) = try await withEchoServer { server in
      for _ in 0..<5 {
        let client = try await RawClient.connect(to: server)
        try await client.send(ClientHelloBytes(versions: [], suites: [0x00a8]).record)
      }
      try await eventually("all in the handshake") { server.names.filter { $0 == "handshakeStarted" }.count == 5 }
      return (server.server, server)
    }
    #expect(recorder.reasons == Array(repeating: .serverClosing, count: 5))
    #expect(recorder.established.isEmpty)
    #expect(server.connectionCount == 0)
  }
}

/// Closes each connection from one callback.
private final class Closer: Sendable {
  let server = NIOLockedValueBox<SecureServer?>(nil)
  private let callback: ClosingTests.Callback

  init(_ callback: ClosingTests.Callback) { self.callback = callback }

  var tls: TLSConfiguration {
    TLSConfiguration { [self] offer in
      close(offer.connection, in: .provider)
      guard let key = try? PreSharedKey(demoKey) else { return .unknownIdentity }
      return .accept(key)
    }
  }

  func heard(_ event: SecureServerEvent) {
    switch event {
    case .accepted(let peer): close(peer.connection, in: .accepted)
    case .handshakeStarted(let peer): close(peer.connection, in: .handshakeStarted)
    case .established(let peer, _): close(peer.connection, in: .established)
    default: break
    }
    // What would keep both alive.
    if case .closed = event { server.withLockedValue { $0 = nil } }
    if case .handshakeFailed = event { server.withLockedValue { $0 = nil } }
  }

  func initialize(_ channel: any Channel, _ info: SecureChannelInfo) throws {
    try channel.pipeline.syncOperations.addHandler(Handler(callback))
    guard callback == .initializer else { return }
    channel.writeAndFlush(ByteBuffer(repeating: 0, count: 1_000_000), promise: nil)
    channel.close(promise: nil)
  }

  private func close(_ connection: UInt64, in place: ClosingTests.Callback) {
    if place == callback { server.withLockedValue { $0 }?.closeConnection(connection) }
  }

  /// Writes a megabyte and closes, in one of its callbacks.
  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let callback: ClosingTests.Callback

    init(_ callback: ClosingTests.Callback) { self.callback = callback }

    func channelActive(context: ChannelHandlerContext) {
      if callback == .channelActive { writeAndClose(context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      if callback == .channelRead { writeAndClose(context) }
    }

    private func writeAndClose(_ context: ChannelHandlerContext) {
      context.channel.writeAndFlush(ByteBuffer(repeating: 0, count: 1_000_000), promise: nil)
      context.close(promise: nil)
    }
  }
}
