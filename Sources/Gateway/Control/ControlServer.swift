import Control
import NIOCore
import NIOHTTP1
import NIOPosix
import Platform
import ServiceLifecycle
import Storage

/// The control socket: HTTP with JSON in STATE/control.sock, for this user and root.
struct ControlServer: Service {
  /// The most that a request's head and body may have, in bytes.
  fileprivate static let requestLimit = 64 << 10

  private let path: String
  private let desk: ControlDesk
  private let log: GatewayLog

  init(_ state: StateDirectory, _ desk: ControlDesk, _ log: GatewayLog) {
    path = state.path + "/control.sock"
    self.desk = desk
    self.log = log
  }

  func run() async throws {
    do {
      let listener = try await listen()
      try await withGracefulShutdownHandler {
        try await serve(listener)
      } onGracefulShutdown: {
        listener.channel.close(promise: nil)
      }
    } catch {
      // Devices go on without it.
      log.controlUnavailable("\(path): \(error)")
      try? await gracefulShutdown()
    }
  }

  private typealias Exchange = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

  private func listen() async throws -> NIOAsyncChannel<Exchange, Never> {
    let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          return try Exchange(wrappingChannelSynchronously: channel)
        }
      }
    try FileMode.set(0o600, of: path)
    return listener
  }

  private func serve(_ listener: NIOAsyncChannel<Exchange, Never>) async throws {
    try await withThrowingDiscardingTaskGroup { group in
      try await listener.executeThenClose { connections in
        for try await connection in connections {
          group.addTask {
            // A client that goes away in the middle of a request has no answer to get.
            do { try await answer(connection) } catch {}
          }
        }
      }
      // The gateway stops: a client that is still there is not waited for.
      group.cancelAll()
    }
  }

  private func answer(_ connection: Exchange) async throws {
    try await connection.executeThenClose { inbound, outbound in
      var head: HTTPRequestHead?
      var size = 0
      for try await part in inbound {
        switch part {
        case .head(let request): head = request
        case .body(let bytes):
          size += bytes.readableBytes
          guard size <= Self.requestLimit else { return }
        case .end:
          guard let request = head else { return }
          let reply = try await reply(to: request)
          try await outbound.write(contentsOf: reply.parts(of: request))
          guard request.isKeepAlive else { return }
        }
      }
    }
  }

  private func reply(to request: HTTPRequestHead) async throws -> ControlReply {
    do {
      return try await desk.answer(ControlRequest(method: request.method.rawValue, target: request.uri))
    } catch let rejection as ControlRejection {
      return try ControlReply(status: rejection.status, message: rejection.description)
    } catch {
      return try ControlReply(status: 500, message: "\(error)")
    }
  }
}

extension ControlReply {
  fileprivate func parts(of request: HTTPRequestHead) -> [HTTPServerResponsePart] {
    let headers: HTTPHeaders = [
      "content-type": contentType, "content-length": "\(body.count)",
      "connection": request.isKeepAlive ? "keep-alive" : "close",
    ]
    let head = HTTPResponseHead(version: request.version, status: .init(statusCode: status), headers: headers)
    return [.head(head), .body(.byteBuffer(ByteBuffer(bytes: body))), .end(nil)]
  }
}
