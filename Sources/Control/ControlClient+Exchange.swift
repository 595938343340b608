import NIOCore
import NIOHTTP1
import NIOPosix

extension ControlClient {
  /// Sends `request` and returns the whole reply, within the limits of time and size.
  func exchange(_ request: ControlRequest) async throws(ControlError) -> ControlReply {
    try await withinLimits {
      try await connected(sending: request) { try await ControlReply(collecting: $0, limit: replyLimit) }
    }
  }

  /// Runs `body` within the limit of time.
  func withinLimits<Result: Sendable>(
    _ body: @escaping @Sendable () async throws -> Result
  ) async throws(ControlError) -> Result {
    do {
      return try await withThrowingTaskGroup { group in
        group.addTask { try await body() }
        group.addTask {
          try await Task.sleep(for: timeout)
          throw ControlError.timedOut(path: path, limit: timeout)
        }
        defer { group.cancelAll() }
        guard let result = try await group.next() else { preconditionFailure("a group of two tasks had none") }
        return result
      }
    } catch {
      throw translated(error)
    }
  }

  /// Sends `request` on a connection of its own and has `body` read the reply.
  func connected<Result: Sendable>(
    sending request: ControlRequest,
    _ body: (NIOAsyncChannelInboundStream<HTTPClientResponsePart>) async throws -> Result
  ) async throws -> Result {
    guard path.utf8.count <= Self.longestPath else { throw ControlError.pathTooLong(path) }
    return try await connect().executeThenClose { inbound, outbound in
      let headers: HTTPHeaders = ["host": "gateway", "connection": "close", "content-length": "0"]
      let method = HTTPMethod(rawValue: request.method.rawValue)
      let head = HTTPRequestHead(version: .http1_1, method: method, uri: request.target, headers: headers)
      // At once: whoever answers the first bytes may have gone before the next.
      try await outbound.write(contentsOf: [.head(head), .end(nil)])
      return try await body(inbound)
    }
  }

  private func connect() async throws -> NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart> {
    try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .connect(unixDomainSocketPath: path) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
        }
      }
  }
}
