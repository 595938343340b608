import NIOCore
import NIOPosix

/// Makes of `broker` one that knows MQTT 3.1.1 alone: whoever greets with version 5 gets the CONNACK that mosquitto 1.4 sends,
/// everything else passes.
public func withOldBroker<Result>(
  _ broker: Mosquitto, _ body: (Mosquitto) async throws -> Result
) async throws -> Result {
  let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    .childChannelOption(.autoRead, value: false)
    .childChannelInitializer { client in
      ClientBootstrap(group: client.eventLoop)
        .channelInitializer { $0.pipeline.addHandler(Relay(to: client)) }
        .connect(host: "127.0.0.1", port: broker.port)
        .flatMap { client.pipeline.addHandlers([VersionGate(), Relay(to: $0)]) }
        .flatMap { client.setOption(.autoRead, value: true) }
    }.bind(host: "127.0.0.1", port: 0).get()
  do {
    let result = try await body(Mosquitto(port: channel.localAddress?.port ?? 0, process: broker.process))
    try await channel.close()
    return result
  } catch {
    try await channel.close()
    throw error
  }
}

/// Refuses a CONNECT of version 5. It looks at the first bytes alone, which are a whole CONNECT when they come from a client.
private final class VersionGate: ChannelInboundHandler, RemovableChannelHandler, Sendable {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Where the protocol level stands in a CONNECT of less than 128 bytes (MQTT 5 §3.1.2.2).
  private static let level = 8

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    guard bytes.readableBytes > Self.level, bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) == 0x10,
      bytes.getInteger(at: bytes.readerIndex + Self.level, as: UInt8.self) == 5
    else {
      return context.fireChannelRead(data)
    }
    let refusal = ByteBuffer(bytes: [0x20, 2, 0, 1])
    context.writeAndFlush(wrapOutboundOut(refusal), promise: nil)
    context.close(promise: nil)
  }
}
