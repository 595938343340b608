import Glibc
import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

@testable import SecureServer

/// When a listening socket accepts, whatever accept(2) says.
@Suite struct AcceptGateTests {
  @Test func `a connection that was gone before it was accepted is nobody's business`() async throws {
    try await withGate { channel, _, failures in
      channel.pipeline.fireErrorCaught(IOError(errnoCode: ECONNABORTED, reason: "accept4"))
      #expect(failures.all.isEmpty)
      #expect(accepts(channel))
    }
  }

  @Test(arguments: [EMFILE, ENFILE, ENOBUFS, ENOMEM])
  func `a lack of something is told once a second, and accepting rests a moment`(_ code: CInt) async throws {
    try await withGate { channel, _, failures in
      let start = NIODeadline.now()
      for _ in 0..<100 {
        channel.pipeline.fireErrorCaught(IOError(errnoCode: code, reason: "accept4"))
        #expect(!accepts(channel))
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(100))
        #expect(accepts(channel))
      }
      // The gate reads the real time for its reports: a slow machine may take some seconds for this.
      let seconds = (NIODeadline.now() - start).nanoseconds / 1_000_000_000
      #expect((1...(1 + Int(seconds))).contains(failures.all.count))
    }
  }

  @Test func `what the user pauses while accepting rests stays paused`() async throws {
    try await withGate { channel, listener, _ in
      channel.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept4"))
      listener.setPaused(byUser: true)
      channel.pipeline.fireUserInboundEventTriggered(AcceptGate.Changed())
      channel.embeddedEventLoop.advanceTime(by: .seconds(1))
      #expect(!accepts(channel))
      listener.setPaused(byUser: false)
      channel.pipeline.fireUserInboundEventTriggered(AcceptGate.Changed())
      #expect(accepts(channel))
    }
  }

  @Test func `a socket that fails for good is told, one that is closed is not`() async throws {
    try await withGate { channel, _, failures in
      _ = try channel.finish()
      #expect(failures.all.count == 1)
    }
  }

  /// What the gate has set; without, it accepts.
  private func accepts(_ channel: EmbeddedChannel) -> Bool {
    channel.options.first { $0.option is ChannelOptions.Types.AutoReadOption }?.value as? Bool ?? true
  }

  /// Runs `body` with a gate in a channel of its own, beside a listener that is open.
  private func withGate(
    _ body: (EmbeddedChannel, Listener, Recorded<String>) throws -> Void
  ) async throws {
    let failures = Recorded<String>()
    let core = try ServerCore(
      configuration: configuration(), countsPending: false,
      observer: { if case .acceptFailed(let text) = $0 { failures.add(text) } }, initializer: { _, _ in },
      acceptsMore: { _ in })
    let listener = Listener()
    try await listener.open(core, group: MultiThreadedEventLoopGroup.singleton, loops: [:])
    try check(AcceptGate(core, listener, nil), listener, failures, body)
    await listener.close()
  }

  /// The embedded loop stays on one thread.
  private func check(
    _ gate: AcceptGate, _ listener: Listener, _ failures: Recorded<String>,
    _ body: (EmbeddedChannel, Listener, Recorded<String>) throws -> Void
  ) throws {
    let channel = EmbeddedChannel(handler: gate)
    try channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    try body(channel, listener, failures)
  }
}
