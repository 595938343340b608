import NIOCore
import NIOHTTP1

extension ControlReply {
  /// Reads one reply up to its end.
  ///
  /// - Throws: ``ControlError`` where it is too large or breaks off; what the connection throws.
  init(collecting parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>, limit: Int) async throws {
    var head: HTTPResponseHead?
    var body: [UInt8] = []
    for try await part in parts {
      switch part {
      case .head(let received):
        head = received
      case .body(let bytes):
        guard bytes.readableBytes <= limit - body.count else { throw ControlError.replyTooLarge(limit: limit) }
        body += bytes.readableBytesView
      case .end:
        guard let head else { throw ControlError.badReply(reason: "it has no head") }
        let contentType = head.headers.first(name: "content-type") ?? ""
        self.init(status: Int(head.status.code), contentType: contentType, body: body)
        return
      }
    }
    throw ControlError.badReply(reason: "the connection ended in the middle of it")
  }
}
