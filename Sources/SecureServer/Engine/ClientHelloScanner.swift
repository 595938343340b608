/// Tells when a ClientHello is complete, before any memory is spent on the connection.
///
/// It looks at record and handshake headers only (RFC 8446 §5.1, §4); what is inside is OpenSSL's to judge.
struct ClientHelloScanner {
  /// What the bytes so far are.
  enum Verdict: Equatable {
    /// The beginning of a ClientHello.
    case incomplete
    /// A whole ClientHello.
    case complete
    /// No TLS handshake.
    case notTLS
    /// TLS, but no ClientHello that could be taken.
    case malformed(String)
  }

  private let maximumLength: Int
  /// Where the next record's header begins.
  private var recordOffset = 0
  /// The handshake header as far as it is there: type and three bytes of length.
  private var header: UInt32 = 0
  private var handshakeBytes = 0

  init(maximumLength: Int) { self.maximumLength = maximumLength }

  /// Judges `bytes`, which are all that came so far: the earlier ones and some more.
  mutating func scan(_ bytes: Span<UInt8>) -> Verdict {
    if let verdict = lookAtFirstRecord(bytes) { return verdict }
    while bytes.count - recordOffset >= 5 {
      let length = Int(bytes[recordOffset + 3]) << 8 | Int(bytes[recordOffset + 4])
      guard bytes[recordOffset] == 22, bytes[recordOffset + 1] == 3 else {
        return .malformed("a record of type \(bytes[recordOffset]) inside the ClientHello")
      }
      guard (1...16_384).contains(length) else { return .malformed("a record of \(length) bytes") }
      guard recordOffset + 5 + length <= maximumLength + 5 else { return .malformed("the ClientHello is too long") }
      guard bytes.count >= recordOffset + 5 + length else { return .incomplete }
      takeHeader(from: bytes, at: recordOffset + 5, count: length)
      recordOffset += 5 + length
      if handshakeBytes >= 4, handshakeBytes >= 4 + Int(header & 0xff_ffff) { return .complete }
    }
    return .incomplete
  }

  /// What even the first bytes can show, so that plain text is answered at once.
  private func lookAtFirstRecord(_ bytes: Span<UInt8>) -> Verdict? {
    if bytes.count >= 1, bytes[0] != 22 { return .notTLS }
    if bytes.count >= 2, bytes[1] != 3 { return .notTLS }
    if bytes.count >= 6, bytes[5] != 1 { return .malformed("the first message is no ClientHello") }
    if bytes.count >= 9 {
      let length = Int(bytes[6]) << 16 | Int(bytes[7]) << 8 | Int(bytes[8])
      let isWhole = Int(bytes[3]) << 8 | Int(bytes[4]) >= 4
      if isWhole, length > maximumLength { return .malformed("a ClientHello of \(length) bytes") }
    }
    return nil
  }

  private mutating func takeHeader(from bytes: Span<UInt8>, at start: Int, count: Int) {
    for index in start..<(start + count) where handshakeBytes + index - start < 4 {
      header = header << 8 | UInt32(bytes[index])
    }
    handshakeBytes += count
  }
}
