import NIOCore
import NIOHTTP1
import NIOPosix

extension ControlClient {
  /// Sends `request` and returns the whole reply, within the limits of time and size.
  func exchange(_ request: ControlRequest) async throws(ControlError) -> ControlReply {
    guard path.utf8.count <= Self.longestPath else { throw .pathTooLong(path) }
    do {
      return try await withThrowingTaskGroup { group in
        group.addTask { try await answer(to: request) }
        group.addTask {
          try await Task.sleep(for: timeout)
          throw ControlError.timedOut(path: path, limit: timeout)
        }
        defer { group.cancelAll() }
        guard let reply = try await group.next() else { preconditionFailure("a group of two tasks had none") }
        return reply
      }
    } catch {
      throw translated(error)
    }
  }

  private func answer(to request: ControlRequest) async throws -> ControlReply {
    try await connect().executeThenClose { inbound, outbound in
      let headers: HTTPHeaders = ["host": "gateway", "connection": "close", "content-length": "0"]
      let method = HTTPMethod(rawValue: request.method.rawValue)
      try await outbound.write(
        .head(HTTPRequestHead(version: .http1_1, method: method, uri: request.path, headers: headers)))
      try await outbound.write(.end(nil))
      return try await ControlReply(collecting: inbound, limit: replyLimit)
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
