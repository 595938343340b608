import Control
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Reads requests from connections and writes the desk's answers, on the control socket and on the metrics' port.
final class ControlFront: Sendable {
  typealias Exchange = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

  /// The most that a request's body may have, in bytes.
  private static let bodyLimit = 64 << 10
  /// How many connections there may be; more are closed at once.
  private static let connectionLimit = 64
  /// How long a client may take to ask, to ask again, and to take a reply.
  private static let patience = TimeAmount.seconds(30)

  /// How long a stop waits for those who watch.
  private static let lastWords = Duration.milliseconds(500)

  private let desk: ControlDesk
  private let allows: @Sendable (ControlRequest) -> Bool
  private let connections = Atomic(0)
  private let streams = Atomic(0)

  /// - Parameters:
  ///   - desk: who answers.
  ///   - allows: which requests are answered here.
  init(_ desk: ControlDesk, allowing allows: @escaping @Sendable (ControlRequest) -> Bool) {
    self.desk = desk
    self.allows = allows
  }

  /// Makes an HTTP server of an accepted connection, on its event loop.
  static func configure(_ channel: any Channel) throws -> Exchange {
    let pipeline = channel.pipeline.syncOperations
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = 8 << 10
    limits.maxHeaderListSize = 32 << 10
    limits.maxHeaderFieldCount = 64
    try pipeline.configureHTTPServerPipeline(
      withPipeliningAssistance: true, withServerUpgrade: nil, withErrorHandling: true,
      withOutboundHeaderValidation: true, withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
    try pipeline.addHandler(RequestTimeout(patience))
    return try Exchange(wrappingChannelSynchronously: channel)
  }

  /// Serves one connection to its end.
  ///
  /// - Parameters:
  ///   - connection: the connection.
  ///   - isForbidden: whether its client may not ask at all.
  func serve(_ connection: Exchange, isForbidden: Bool = false) async {
    let count = connections.add(1, ordering: .relaxed).newValue
    defer { connections.subtract(1, ordering: .relaxed) }
    // A client that goes away in the middle of a request has no answer to get.
    do {
      try await connection.executeThenClose { inbound, outbound in
        guard count <= Self.connectionLimit else { return }
        try await endingWith(connection.channel) { [self] in
          try await answerAll(inbound, outbound, isForbidden: isForbidden)
        }
      }
    } catch {}
  }

  /// Waits until those who watch have been told the last, or do not take it in time.
  func finishStreams() async {
    let end = ContinuousClock.now + Self.lastWords
    while streams.load(ordering: .relaxed) > 0, ContinuousClock.now < end {
      // Cancelled: nobody is waited for.
      do { try await Task.sleep(for: .milliseconds(5)) } catch { return }
    }
  }

  /// Runs `body` until `channel` closes: who has gone waits for no event.
  private func endingWith(_ channel: any Channel, _ body: @escaping @Sendable () async throws -> Void) async throws {
    let (closed, continuation) = AsyncStream.makeStream(of: Void.self)
    channel.closeFuture.whenComplete { _ in continuation.finish() }
    try await withThrowingTaskGroup { group in
      group.addTask { try await body() }
      group.addTask { for await _ in closed {} }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func answerAll(
    _ inbound: NIOAsyncChannelInboundStream<HTTPServerRequestPart>,
    _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>, isForbidden: Bool
  ) async throws {
    var head: HTTPRequestHead?
    var size = 0
    for try await part in inbound {
      switch part {
      case .head(let request): (head, size) = (request, 0)
      case .body(let bytes):
        size += bytes.readableBytes
        guard size <= Self.bodyLimit else { return }
      case .end:
        guard let request = head else { return }
        let mayAskAgain = try await answer(request, isForbidden: isForbidden, outbound)
        guard mayAskAgain else { return }
      }
    }
  }

  /// Answers one request; returns whether the connection stays.
  private func answer(
    _ request: HTTPRequestHead, isForbidden: Bool, _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
  ) async throws -> Bool {
    let writer = ReplyWriter(request, outbound)
    do {
      guard !isForbidden else { throw ControlRejection.forbidden }
      let asked = try ControlRequest(method: request.method.rawValue, target: request.uri)
      guard allows(asked) else { throw ControlRejection.notFound("\(asked.path) is on the control socket only") }
      switch try await desk.answer(asked) {
      case .reply(let reply): try await writer.write(reply)
      case .stream(let body):
        streams.add(1, ordering: .relaxed)
        defer { streams.subtract(1, ordering: .relaxed) }
        try await writer.stream(body)
      }
      return request.isKeepAlive
    } catch let rejection as ControlRejection {
      let reply = try ControlReply(status: rejection.status, message: rejection.description)
      try await writer.write(reply, allow: rejection.allow)
      return request.isKeepAlive && !isForbidden
    } catch  where !writer.hasBegun {
      try await writer.write(try ControlReply(status: 500, message: "\(error)"))
      return request.isKeepAlive
    }
  }
}
