import Control
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Reads requests from connections and writes the desk's answers, on the control socket and on the metrics' port.
final class ControlFront: Sendable {
  typealias Exchange = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

  /// How many connections there may be, those that watch not counted.
  private static let connectionLimit = 64
  /// How many more are told so; beyond these they are closed at once.
  private static let toldLimit = 64
  /// How many connections may watch.
  private static let watcherLimit = 64
  /// How long a client may take to ask, to ask again, and to take a reply.
  private static let patience = TimeAmount.seconds(30)

  /// How long a stop waits for those who watch.
  private static let lastWords = Duration.milliseconds(500)

  private let desk: ControlDesk
  private let allows: @Sendable (ControlRequest) -> Bool
  private let connections = Atomic(0)
  private let watchers = Atomic(0)
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
    let refusal: ControlRejection? =
      isForbidden ? .forbidden : count > Self.connectionLimit ? .busy(Self.isFull) : nil
    // A client that goes away in the middle of a request has no answer to get.
    do {
      try await connection.executeThenClose { inbound, outbound in
        guard count <= Self.connectionLimit + Self.toldLimit else { return }
        try await endingWith(connection.channel) { [self] in
          try await answerAll(inbound, outbound, refusing: refusal)
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
    _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>, refusing refusal: ControlRejection?
  ) async throws {
    var body: RequestBody?
    for try await part in inbound {
      switch part {
      case .head(let request):
        body = RequestBody(of: request)
        if body?.isAwaitingContinue == true { try await ReplyWriter(request, outbound).writeContinue() }
      case .body(let bytes): body?.size += bytes.readableBytes
      case .end: body?.isWhole = true
      }
      guard let request = body else { return }
      if request.isTooLarge {
        body?.isRefused = true
        if !request.isRefused {
          _ = try await answer(request.head, refusing: refusal ?? .tooLarge(limit: RequestBody.limit), outbound)
        }
        guard !request.isDrained else { return }
      } else if request.isWhole {
        let mayAskAgain = try await answer(request.head, refusing: refusal, outbound)
        guard mayAskAgain else { return }
      }
    }
  }

  /// Answers one request; returns whether the connection stays.
  private func answer(
    _ request: HTTPRequestHead, refusing refusal: ControlRejection?,
    _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
  ) async throws -> Bool {
    let writer = ReplyWriter(request, outbound, isLast: refusal != nil)
    do {
      if let refusal { throw refusal }
      return try await answer(try asked(by: request), writer)
    } catch let rejection as ControlRejection {
      let reply = try ControlReply(status: rejection.status, message: rejection.description)
      return try await writer.write(reply, allow: rejection.allow)
    } catch  where !writer.hasBegun {
      return try await writer.write(try ControlReply(status: 500, message: "\(error)"))
    }
  }

  private func asked(by request: HTTPRequestHead) throws(ControlRejection) -> ControlRequest {
    let hosts = request.headers[canonicalForm: "host"].count
    // RFC 9112 §3.2.
    guard hosts == 1 || hosts == 0 && !request.knowsHTTP11 else {
      throw .invalid("the request has \(hosts) Host headers, and HTTP/1.1 wants one")
    }
    let asked = try ControlRequest(method: request.method.rawValue, target: request.uri)
    guard allows(asked) else { throw .notFound("\(asked.path) is on the control socket only") }
    return asked
  }

  private func answer(_ asked: ControlRequest, _ writer: ReplyWriter) async throws -> Bool {
    guard case .events = asked else { return try await write(try await desk.answer(asked), writer) }
    // Who watches has a place of another kind, and leaves this one to whoever asks how the gateway is.
    let count = watchers.add(1, ordering: .relaxed).newValue
    defer { watchers.subtract(1, ordering: .relaxed) }
    guard count <= Self.watcherLimit else { throw ControlRejection.busy(Self.isWatched) }
    connections.subtract(1, ordering: .relaxed)
    defer { connections.add(1, ordering: .relaxed) }
    return try await write(try await desk.answer(asked), writer)
  }

  private func write(_ answer: ControlAnswer, _ writer: ReplyWriter) async throws -> Bool {
    switch answer {
    case .reply(let reply): return try await writer.write(reply)
    case .stream(let body):
      streams.add(1, ordering: .relaxed)
      defer { streams.subtract(1, ordering: .relaxed) }
      return try await writer.stream(body)
    }
  }

  private static let isFull = "\(connectionLimit) connections are open here already: close some, or try again"
  private static let isWatched = "\(watcherLimit) watch events already: end a 'gwctl watch'"
}
