import NIOCore
import NIOPosix

/// A proxy on a loopback port of its own: for each client it connects to `port` from `source`, sends a header and passes on
/// what the two say. `body` is told where it is.
public func withProxy<Result>(
  toPort port: Int, from source: String = "127.0.0.1", header: [UInt8],
  _ body: (_ address: String) async throws -> Result
) async throws -> Result {
  let local = try SocketAddress(ipAddress: source, port: 0)
  let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    .childChannelOption(.autoRead, value: false)
    .childChannelInitializer { client in
      ClientBootstrap(group: client.eventLoop).bind(to: local)
        .channelInitializer { $0.pipeline.addHandler(Relay(to: client)) }
        .connect(host: "127.0.0.1", port: port)
        .flatMap { upstream in
          upstream.writeAndFlush(ByteBuffer(bytes: header), promise: nil)
          return client.pipeline.addHandler(Relay(to: upstream))
        }.flatMap { client.setOption(.autoRead, value: true) }
    }.bind(host: "127.0.0.1", port: 0).get()
  do {
    let result = try await body("127.0.0.1:\(channel.localAddress?.port ?? 0)")
    try await channel.close()
    return result
  } catch {
    try await channel.close()
    throw error
  }
}

/// Passes on what comes, and the end.
final class Relay: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer

  private let other: any Channel
  init(to other: any Channel) { self.other = other }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    other.writeAndFlush(unwrapInboundIn(data), promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }
  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
