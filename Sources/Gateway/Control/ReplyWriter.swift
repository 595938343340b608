import Control
import NIOCore
import NIOHTTP1
import Synchronization

/// Writes the reply to one request.
final class ReplyWriter: Sendable {
  private let request: HTTPRequestHead
  private let keepsOpen: Bool
  private let outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
  private let begun = Atomic(false)

  /// - Parameters:
  ///   - request: what is replied to.
  ///   - outbound: the connection.
  ///   - isLast: whether it ends after this, whatever the client would like.
  init(
    _ request: HTTPRequestHead, _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>, isLast: Bool = false
  ) {
    self.request = request
    keepsOpen = request.isKeepAlive && !isLast
    self.outbound = outbound
  }

  /// Whether something has been written, so that it is too late for another reply.
  var hasBegun: Bool { begun.load(ordering: .relaxed) }

  /// Writes `reply`; to HEAD without its body (RFC 9110 §9.3.2).
  ///
  /// - Parameters:
  ///   - reply: the reply.
  ///   - allow: the methods that the path takes, where the request had another.
  /// - Returns: whether the connection stays for another request.
  /// - Throws: what the connection throws.
  func write(_ reply: ControlReply, allow: String? = nil) async throws -> Bool {
    var headers: HTTPHeaders = ["content-type": reply.contentType, "content-length": "\(reply.body.count)"]
    if let allow { headers.add(name: "allow", value: allow) }
    var parts = [head(.init(statusCode: reply.status), headers, keepsOpen)]
    if request.method != .HEAD { parts.append(.body(.byteBuffer(ByteBuffer(bytes: reply.body)))) }
    try await outbound.write(contentsOf: parts + [.end(nil)])
    return keepsOpen
  }

  /// Has the client send the body that it holds back (RFC 9110 §10.1.1).
  ///
  /// - Throws: what the connection throws.
  func writeContinue() async throws {
    try await outbound.write(.head(HTTPResponseHead(version: request.version, status: .continue)))
  }

  /// Writes lines of JSON as `body` has them. HTTP/1.0 knows their end by the connection's (RFC 9112 §6.3).
  ///
  /// - Returns: whether the connection stays for another request.
  /// - Throws: what the connection or `body` throws.
  func stream(_ body: (_ write: (ByteBuffer) async throws -> Void) async throws -> Void) async throws -> Bool {
    let outbound = outbound
    let keepsOpen = keepsOpen && request.knowsHTTP11
    try await outbound.write(head(.ok, ["content-type": "application/x-ndjson"], keepsOpen))
    if request.method != .HEAD {
      try await body { try await outbound.write(.body(.byteBuffer($0))) }
    }
    try await outbound.write(.end(nil))
    return keepsOpen
  }

  private func head(_ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ keepsOpen: Bool) -> HTTPServerResponsePart {
    begun.store(true, ordering: .relaxed)
    var headers = headers
    headers.add(name: "cache-control", value: "no-store")
    headers.add(name: "connection", value: keepsOpen ? "keep-alive" : "close")
    return .head(HTTPResponseHead(version: request.version, status: status, headers: headers))
  }
}
