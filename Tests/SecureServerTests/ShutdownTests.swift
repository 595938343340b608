import Glibc
import Logging
import NIOCore
import SecureServer
import ServiceLifecycle
import TestSupport
import Testing

/// Scenario C5: closing in any state is clean, and nothing is delivered afterwards.
@Suite struct ShutdownTests {
  @Test func `closing before listening is for good`() async throws {
    let server = try SecureServer(configuration: configuration())
    await server.close()
    await server.close()
    await #expect(throws: SecureServerError.alreadyStarted) { try await server.listen() }
    await #expect(throws: SecureServerError.alreadyStarted) { try await server.run() }
    var connections = server.connections.makeAsyncIterator()
    #expect(await connections.next() == nil)
  }

  @Test func `C5: closing twice, at once and after one another, ends the run`() async throws {
    let server = try SecureServer(configuration: configuration())
    try await server.listen()
    async let run: Void = server.run()
    async let first: Void = server.close()
    async let second: Void = server.close()
    _ = try await (run, first, second)
    await server.close()
    #expect(server.boundAddresses.isEmpty)
  }

  @Test func `a server that stops waits for every outcome, and cuts a peer that takes nothing`() async throws {
    let recorder = Server.Recorder()
    var settings = configuration()
    // Long enough for a handshake on a busy machine; the peer that takes nothing is cut after it.
    settings.handshakeTimeout = .seconds(4)
    let server = try SecureServer(configuration: settings, observer: recorder.add) { channel, _ in
      channel.writeAndFlush(ByteBuffer(repeating: 0, count: 60_000_000), promise: nil)
    }
    let events = server.events()
    let port = try await server.listen().first?.port ?? 0
    try await withOpenSSL(to: Server(port: port, server: server, recorded: recorder), ["-quiet"]) { client in
      try await eventually("a connection") { recorder.events.contains { $0.name == "established" } }
      client.signal(SIGSTOP)
      await server.close()
      #expect(server.connectionCount == 0)
      #expect(recorder.events.last?.name == "closed")
    }
    var names: [String] = []
    for await event in events { names.append(event.name) }
    #expect(names.last == "closed")
    for await _ in server.events() { Issue.record("an event after the end") }
  }

  @Test func `running a server that cannot listen ends, whoever opens it`() async throws {
    try await withEchoServer { other in
      let server = try SecureServer(
        configuration: SecureServerConfiguration(addresses: [.host("127.0.0.1", port: other.port)], tls: tls()))
      let listening = Task { try await server.listen() }
      let running = Task { try await server.run() }
      await #expect(throws: SecureServerError.self) { try await listening.value }
      await #expect(throws: SecureServerError.self) { try await running.value }
    }
  }

  @Test func `running twice is an error for the second`() async throws {
    let server = try SecureServer(configuration: configuration())
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<2 { group.addTask { try await server.run() } }
      await #expect(throws: SecureServerError.alreadyStarted) { try await group.next() }
      await server.close()
      try await group.waitForAll()
    }
  }

  @Test func `closing while it begins to listen leaves nothing open`() async throws {
    for _ in 0..<50 {
      let server = try SecureServer(configuration: configuration())
      async let closed: Void = server.close()
      // Either may be first; what is open when listening succeeds is closed then.
      do { try await server.listen() } catch { #expect("\(error)" != "") }
      await closed
      #expect(server.boundAddresses.isEmpty)
    }
  }

  @Test func `C5: closed in every stage, each connection has one outcome and none is delivered`() async throws {
    var settings = configuration()
    settings.limits.handshaking = 1
    settings.limits.handshakePatience = .seconds(60)
    try await withServer(settings) { server in
      try await withOpenSSL(to: server, ["-quiet"]) { _ in
        try await eventually("one that nobody takes") { server.established.count == 1 }
        let silent = try await RawClient.connect(to: server)
        let hello = ClientHelloBytes(versions: [], suites: [0x00a8]).record
        let handshaking = try await RawClient.connect(to: server)
        try await handshaking.send(hello)
        try await eventually("in the handshake") { server.startedCount == 2 }
        let queued = try await RawClient.connect(to: server)
        try await queued.send(hello)
        try await eventually("all four") { server.server.connectionCount == 4 }
        await server.server.close()
        let events = server.events.count
        #expect(server.reasons == [.serverClosing, .serverClosing, .serverClosing])
        #expect(server.closeReasons == [.serverClosing])
        #expect(server.server.connectionCount == 0)
        var connections = server.server.connections.makeAsyncIterator()
        #expect(await connections.next() == nil)
        try await eventually("all see it") { silent.isClosed && handshaking.isClosed && queued.isClosed }
        #expect(server.events.count == events)
      }
    }
  }

  @Test func `asked to shut down gracefully, it lets connections finish and accepts no others`() async throws {
    let recorder = Server.Recorder()
    let quiesced = Recorded<Bool>()
    let secure = try SecureServer(configuration: configuration(), observer: recorder.add) { channel, _ in
      try channel.pipeline.syncOperations.addHandlers(EchoHandler(), QuiesceRecorder(quiesced))
    }
    let server = Server(port: try await secure.listen().first?.port ?? 0, server: secure, recorded: recorder)
    let group = ServiceGroup(services: [secure], logger: Logger(label: "test"))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      try await withOpenSSL(to: server, ["-quiet"]) { client in
        try client.write("before\n")
        try await client.waitForOutput("before\n")
        await group.triggerGracefulShutdown()
        try await eventually("it is told") { quiesced.all.count == 1 }
        await #expect(throws: (any Error).self) { try await RawClient.connect(to: server) }
        try client.write("after\n")
        try await client.waitForOutput("after\n")
      }
      try await tasks.waitForAll()
    }
    #expect(server.closeReasons.count == 1)
  }

  @Test func `a reader that waits for a connection is told of the end`() async throws {
    let server = try SecureServer(configuration: configuration())
    try await server.listen()
    async let taken = takeAll(from: server)
    await server.close()
    #expect(await taken == 0)
  }

  private func takeAll(from server: SecureServer) async -> Int {
    var count = 0
    for await _ in server.connections { count += 1 }
    return count
  }
}

/// Notes that the server stops.
private final class QuiesceRecorder: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let quiesced: Recorded<Bool>
  init(_ quiesced: Recorded<Bool>) { self.quiesced = quiesced }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is SecureChannelEvent { quiesced.add(true) }
  }
}
