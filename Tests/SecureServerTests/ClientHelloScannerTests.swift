import Testing

@testable import SecureServer

/// Whether the first bytes are a ClientHello, at every cut.
@Suite struct ClientHelloScannerTests {
  private static let hello = ClientHelloBytes(identities: [(Array("demo".utf8), 0, 32)])

  @Test func `a ClientHello is complete with its last byte and not before`() {
    let record = Self.hello.record
    for count in 0..<record.count { #expect(verdict(Array(record.prefix(count))) == .incomplete) }
    #expect(verdict(record) == .complete)
  }

  @Test(arguments: [1, 2, 3, 7, 64]) func `it may come in records of any size`(size: Int) {
    let message = Self.hello.message
    let records = stride(from: 0, to: message.count, by: size).flatMap { start in
      ClientHelloBytes.record(Array(message[start..<min(start + size, message.count)]))
    }
    #expect(verdict(records) == .complete)
    #expect(verdict(Array(records.dropLast())) == .incomplete)
  }

  @Test func `it is judged the same byte by byte`() {
    let record = Self.hello.record
    var scanner = ClientHelloScanner(maximumLength: 16_384)
    for count in 1..<record.count {
      let bytes = Array(record.prefix(count))
      #expect(scanner.scan(bytes.span) == .incomplete)
    }
    #expect(scanner.scan(record.span) == .complete)
  }

  /// Plain text and other protocols, by their first bytes.
  @Test(arguments: ["GET / HTTP/1.1", "\u{10}\u{0c}", "SSH-2.0", "\n", "\u{16}GET"])
  func `what is no TLS is known at once`(text: String) {
    #expect(verdict(Array(text.utf8)) == .notTLS)
  }

  /// TLS, but nothing that could become a handshake.
  @Test(
    arguments: [
      [22, 3, 1, 0, 0], [22, 3, 1, 0x40, 1], [22, 3, 1, 0xff, 0xff], [22, 3, 1, 0, 4, 2, 0, 0, 0],
      [22, 3, 1, 0, 1, 1, 23, 3, 3, 0, 1, 0], [22, 3, 1, 0, 9, 1, 1, 0, 0],
    ] as [[UInt8]])
  func `what can't become a ClientHello is refused`(bytes: [UInt8]) {
    guard case .malformed = verdict(bytes) else {
      Issue.record("\(bytes): \(verdict(bytes))")
      return
    }
  }

  @Test func `a ClientHello that grows past the limit is refused`() {
    let long = ClientHelloBytes(identities: [([UInt8](repeating: 65, count: 2000), 0, 32)]).message
    let records = stride(from: 0, to: long.count, by: 100).flatMap { start in
      ClientHelloBytes.record(Array(long[start..<min(start + 100, long.count)]))
    }
    var scanner = ClientHelloScanner(maximumLength: 1000)
    guard case .malformed = scanner.scan(records.span) else { return #expect(Bool(false)) }
  }

  private func verdict(_ bytes: [UInt8]) -> ClientHelloScanner.Verdict {
    var scanner = ClientHelloScanner(maximumLength: 16_384)
    return scanner.scan(bytes.span)
  }
}
