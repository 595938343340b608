@testable import SecureServer

/// libFuzzer's entry: what a trusted proxy sends, cut where the input says, through the header's parser.
///
/// The first byte says how long each piece is, the second the limit; the rest is what the proxy sends.
@c(LLVMFuzzerTestOneInput)
public func fuzzProxy(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard input.count >= 2 else { return 0 }
  let limit = ProxyHeader.lengths.lowerBound + 4 * Int(input[1])
  feed(Array(input.dropFirst(2)), inPiecesOf: Int(input[0]) + 1, limit)
  return 0
}

/// What must hold, whatever comes: a verdict stands whatever follows it, comes within the limit, and is the same at
/// every split.
private func feed(_ bytes: [UInt8], inPiecesOf length: Int, _ limit: Int) {
  let atOnce = ProxyHeader.read(bytes.span, maximumLength: limit)
  var verdict = ProxyHeader.Verdict.incomplete
  var count = 0
  while verdict == .incomplete, count < bytes.count {
    count = min(count + length, bytes.count)
    verdict = ProxyHeader.read(Array(bytes.prefix(count)).span, maximumLength: limit)
  }
  check(verdict, of: bytes, count, limit)
  switch (verdict, atOnce) {
  case (.complete, _), (.incomplete, _): precondition(verdict == atOnce, "\(verdict) in pieces, \(atOnce) at once")
  case (.invalid, .invalid): break
  // A line that is wrong for its length or its words is wrong as a whole.
  case (.invalid, _): preconditionFailure("refused in pieces, \(atOnce) at once")
  }
}

private func check(_ verdict: ProxyHeader.Verdict, of bytes: [UInt8], _ count: Int, _ limit: Int) {
  switch verdict {
  case .incomplete: precondition(bytes.count < limit, "\(bytes.count) bytes, and no verdict at the limit of \(limit)")
  case .invalid: break
  case .complete(let header):
    precondition((15...limit).contains(header.length) && header.length <= count, "a header of \(header.length) bytes")
    let alone = ProxyHeader.read(Array(bytes.prefix(header.length)).span, maximumLength: limit)
    precondition(alone == verdict, "\(verdict) depends on what follows")
    let shorter = ProxyHeader.read(Array(bytes.prefix(header.length - 1)).span, maximumLength: limit)
    precondition(shorter == .incomplete, "whole one byte too early")
  }
}
