import Control
import NIOCore
import NIOHTTP1
import Synchronization

/// Writes the reply to one request.
final class ReplyWriter: Sendable {
  private let request: HTTPRequestHead
  private let outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
  private let begun = Atomic(false)

  init(_ request: HTTPRequestHead, _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>) {
    self.request = request
    self.outbound = outbound
  }

  /// Whether something has been written, so that it is too late for another reply.
  var hasBegun: Bool { begun.load(ordering: .relaxed) }

  /// Writes `reply`; to HEAD without its body (RFC 9110 §9.3.2).
  ///
  /// - Parameters:
  ///   - reply: the reply.
  ///   - allow: the methods that the path takes, where the request had another.
  /// - Throws: what the connection throws.
  func write(_ reply: ControlReply, allow: String? = nil) async throws {
    var headers: HTTPHeaders = ["content-type": reply.contentType, "content-length": "\(reply.body.count)"]
    if let allow { headers.add(name: "allow", value: allow) }
    var parts = [head(.init(statusCode: reply.status), headers)]
    if request.method != .HEAD { parts.append(.body(.byteBuffer(ByteBuffer(bytes: reply.body)))) }
    try await outbound.write(contentsOf: parts + [.end(nil)])
  }

  /// Writes lines of JSON as `body` has them.
  ///
  /// - Throws: what the connection or `body` throws.
  func stream(_ body: (_ write: (ByteBuffer) async throws -> Void) async throws -> Void) async throws {
    let outbound = outbound
    try await outbound.write(head(.ok, ["content-type": "application/x-ndjson"]))
    if request.method != .HEAD {
      try await body { try await outbound.write(.body(.byteBuffer($0))) }
    }
    try await outbound.write(.end(nil))
  }

  private func head(_ status: HTTPResponseStatus, _ headers: HTTPHeaders) -> HTTPServerResponsePart {
    begun.store(true, ordering: .relaxed)
    var headers = headers
    headers.add(name: "cache-control", value: "no-store")
    headers.add(name: "connection", value: request.isKeepAlive ? "keep-alive" : "close")
    return .head(HTTPResponseHead(version: request.version, status: status, headers: headers))
  }
}
