import NIOCore
import NIOHTTP1

/// Replies of one JSON value on each line.
extension ControlClient {
  /// The longest line, in bytes.
  private static let longestLine = 1 << 20

  /// All lines of the reply to `request`, within the limit of time.
  func all<Value: Decodable & Sendable>(
    _ type: Value.Type, from request: ControlRequest
  ) async throws(ControlError) -> [Value] {
    try await withinLimits {
      var values: [Value] = []
      try await forEachLine(of: request) { line throws(ControlError) in values.append(try value(in: line, of: request))
      }
      return values
    }
  }

  /// Hands over each line of the reply to `request` as it comes, for as long as it takes.
  func forEach<Value: Decodable>(
    _ type: Value.Type, from request: ControlRequest, _ body: (Value) -> Void
  ) async throws(ControlError) {
    do {
      try await forEachLine(of: request) { line throws(ControlError) in body(try value(in: line, of: request)) }
    } catch {
      throw translated(error)
    }
  }

  private func forEachLine(
    of request: ControlRequest, _ body: ([UInt8]) throws(ControlError) -> Void
  ) async throws {
    try await connected(sending: request) { parts in
      var reply = LineReply(limit: Self.longestLine)
      do {
        for try await part in parts {
          if try reply.take(part, body) { return }
        }
      } catch let error as ControlError {
        throw error
      } catch  where !reply.hasBegun {
        throw error
      } catch {}
      // What breaks off in the middle was cut by the end of the gateway, unless it was us who gave up.
      try Task.checkCancellation()
      throw ControlError.lost(path: path)
    }
  }

  private func value<Value: Decodable>(in line: [UInt8], of request: ControlRequest) throws(ControlError) -> Value {
    do {
      return try ControlJSON.decode(Value.self, from: line)
    } catch {
      throw .badReply(reason: "\(request.path) did not answer with a \(Value.self)")
    }
  }
}

/// A reply whose lines are handed over as they come.
private struct LineReply {
  private var status: Int?
  private var lines: LineBuffer

  init(limit: Int) { lines = LineBuffer(limit: limit) }

  var hasBegun: Bool { status != nil }

  /// Takes a part; returns whether it was the last.
  mutating func take(
    _ part: HTTPClientResponsePart, _ body: ([UInt8]) throws(ControlError) -> Void
  ) throws(ControlError) -> Bool {
    switch part {
    case .head(let head): status = Int(head.status.code)
    case .body(let bytes):
      guard lines.append(bytes.readableBytesView) else { throw .replyTooLarge(limit: lines.limit) }
      while status == 200, let line = lines.next() { try body(line) }
    case .end:
      guard let status, status != 200 else { return true }
      throw ControlClient.refusal(ControlReply(status: status, contentType: "", body: lines.rest))
    }
    return false
  }
}

/// Bytes as they come, cut into lines.
struct LineBuffer {
  let limit: Int
  private var bytes: [UInt8] = []
  private var start = 0

  init(limit: Int) { self.limit = limit }

  /// What is no whole line yet.
  var rest: [UInt8] { Array(bytes[start...]) }

  /// Adds what came; false if a line is too long.
  mutating func append(_ more: some Collection<UInt8>) -> Bool {
    bytes.removeSubrange(..<start)
    start = 0
    bytes += more
    return bytes.count <= limit + more.count
  }

  /// The next whole line, without its newline.
  mutating func next() -> [UInt8]? {
    guard let end = bytes[start...].firstIndex(of: 10) else { return nil }
    defer { start = end + 1 }
    return Array(bytes[start..<end])
  }
}
