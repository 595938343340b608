import Control
import NIOCore

/// What goes back for a request: a reply, or lines for as long as there are any.
enum ControlAnswer: Sendable {
  case reply(ControlReply)
  /// The body is written piece by piece; writing waits for the client, and throws once it has gone.
  case stream(@Sendable (_ write: (ByteBuffer) async throws -> Void) async throws -> Void)

  /// A value as JSON.
  static func json(_ value: some Encodable) throws -> ControlAnswer { .reply(try ControlReply(value)) }

  /// A page of plain text.
  static func text(_ text: String, status: Int = 200, type: String = "text/plain; charset=utf-8") -> ControlAnswer {
    .reply(ControlReply(status: status, contentType: type, body: Array(text.utf8)))
  }

  /// The values of `list` as JSON, one on each line.
  static func lines<Value: Encodable & Sendable>(_ list: [Value]) -> ControlAnswer {
    .stream { write in
      for start in stride(from: 0, to: list.count, by: 256) {
        var piece = ByteBuffer()
        for value in list[start..<min(start + 256, list.count)] {
          piece.writeBytes(try ControlJSON.encode(value))
          piece.writeString("\n")
        }
        try await write(piece)
      }
    }
  }
}
