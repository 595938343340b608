import Glibc
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// A raw TCP connection, for clients that don't speak TLS, or speak it badly.
final class RawClient: Sendable {
  private let open = NIOLockedValueBox<(any Channel)?>(nil)
  private let received = NIOLockedValueBox<[UInt8]>([])
  private let ended = NIOLockedValueBox(false)

  /// Everything that came from the server so far.
  var bytes: [UInt8] { received.withLockedValue { $0 } }
  /// Whether the server has closed the connection.
  var isClosed: Bool { ended.withLockedValue { $0 } }
  /// The alert in the first record that came, if it is one.
  var alert: UInt8? { bytes.count >= 7 && bytes[0] == 21 ? bytes[6] : nil }

  static func connect(to server: Server, from source: String? = nil) async throws -> RawClient {
    try await connect(host: "127.0.0.1", port: server.port, from: source)
  }

  static func connect(host: String, port: Int, from source: String? = nil) async throws -> RawClient {
    var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    if let source { bootstrap = bootstrap.bind(to: try SocketAddress(ipAddress: source, port: 0)) }
    let client = RawClient()
    let channel = try await bootstrap.channelInitializer { channel in
      channel.closeFuture.whenComplete { _ in client.ended.withLockedValue { $0 = true } }
      return channel.pipeline.addHandler(Collector(client))
    }.connect(host: host, port: port).get()
    client.open.withLockedValue { $0 = channel }
    return client
  }

  func send(_ bytes: [UInt8]) async throws {
    try await open.withLockedValue { $0 }?.writeAndFlush(ByteBuffer(bytes: bytes))
  }

  /// Ends it with a reset.
  func reset() async throws {
    let channel = open.withLockedValue { $0 }
    let provider = channel as? any SocketOptionProvider
    // The server may have been faster.
    do {
      try await provider?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
      try await channel?.close()
    } catch {}
  }

  func close() async throws { try await open.withLockedValue { $0 }?.close() }

  private final class Collector: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let client: RawClient
    init(_ client: RawClient) { self.client = client }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let buffer = unwrapInboundIn(data)
      client.received.withLockedValue { $0 += buffer.readableBytesView }
    }
  }
}
