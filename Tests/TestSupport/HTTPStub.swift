import NIOCore
import NIOHTTP1
import NIOPosix

/// What a stub answers to one request.
public enum StubAnswer: Sendable {
  /// A reply with this status and body.
  case reply(Int, String)
  /// Nothing at all; the connection stays open.
  case silence
}

/// Runs an HTTP server on the Unix socket `path` for the duration of `body`; `answer` is told the method and the path
/// of each request.
public func withHTTPStub<Result>(
  at path: String, answer: @escaping @Sendable (_ method: String, _ path: String) -> StubAnswer,
  _ body: () async throws -> Result
) async throws -> Result {
  try await withUnixServer(
    at: path,
    connection: { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.configureHTTPServerPipeline()
        try channel.pipeline.syncOperations.addHandler(StubHandler(answer: answer))
      }
    }, body)
}

/// Runs a server on the Unix socket `path` for the duration of `body` that answers whatever comes first with `bytes`,
/// and closes the connection.
public func withRawStub<Result>(
  at path: String, answer bytes: [UInt8], _ body: () async throws -> Result
) async throws -> Result {
  try await withUnixServer(
    at: path,
    connection: { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(RawStubHandler(bytes: bytes))
      }
    }, body)
}

private func withUnixServer<Result>(
  at path: String, connection: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>,
  _ body: () async throws -> Result
) async throws -> Result {
  let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
    .childChannelInitializer(connection)
    .bind(unixDomainSocketPath: path).get()
  do {
    let result = try await body()
    try await server.close()
    return result
  } catch {
    try await server.close()
    throw error
  }
}

/// Answers each request as it was told.
private final class StubHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let answer: @Sendable (String, String) -> StubAnswer
  private var head: HTTPRequestHead?

  init(answer: @escaping @Sendable (String, String) -> StubAnswer) { self.answer = answer }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let received): head = received
    case .body: break
    case .end:
      guard let head, case .reply(let status, let body) = answer(head.method.rawValue, head.uri) else { return }
      send(status, body, on: context)
    }
  }

  private func send(_ status: Int, _ body: String, on context: ChannelHandlerContext) {
    let headers: HTTPHeaders = ["content-type": "application/json", "content-length": "\(body.utf8.count)"]
    let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }
}

/// Sends its bytes once something has come, and closes.
private final class RawStubHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let channel = context.channel
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes))).whenComplete { _ in channel.close(promise: nil) }
  }
}
