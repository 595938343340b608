@testable import SecureServer

/// libFuzzer's entry: a peer's first bytes, cut where the input says, through the scanner and OpenSSL.
///
/// The first byte says how long each piece is; the rest is what the peer sends.
@c(LLVMFuzzerTestOneInput)
public func fuzzHandshake(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let first = input.first else { return 0 }
  unsafe Peer.shared.send(Array(input.dropFirst()), inPiecesOf: Int(first) + 1)
  return 0
}

/// A server's engine and what must hold of it, whatever comes.
private final class Peer: HandshakeApplication {
  nonisolated(unsafe) static let shared = Peer()

  private let context: TLSContext
  private let window: TLSWindow

  private init() {
    do {
      var settings = TLSConfiguration { _ in .unknownIdentity }
      settings.sessionTickets = try SessionTickets()
      context = try TLSContext(settings)
      window = try TLSWindow()
    } catch {
      fatalError("no engine to feed: \(error)")
    }
  }

  func send(_ bytes: [UInt8], inPiecesOf length: Int) {
    var scanner = ClientHelloScanner(maximumLength: 16_384)
    var seen: [UInt8] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      seen += rest.prefix(length)
      rest = rest.dropFirst(length)
      switch scanner.scan(seen.span) {
      case .incomplete: continue
      case .notTLS, .malformed: return
      case .complete: return handshake(seen, rest, length)
      }
    }
    precondition(seen.count <= 16_384 + 5 || bytes.count <= 16_389, "the scanner lets a ClientHello grow without end")
  }

  private func handshake(_ hello: [UInt8], _ later: ArraySlice<UInt8>, _ length: Int) {
    let name = ServerName.inClientHello(hello.span)
    guard let handshake = try? TLSHandshake(context: context, window: window) else { return }
    var rest = later
    var piece = hello
    while true {
      let (step, consumed) = unsafe handshake.advance(with: piece.span.bytes, asking: self)
      precondition(consumed <= piece.count, "more was read than there was")
      precondition(
        handshake.serverName == nil || handshake.serverName == name, "OpenSSL reads another name than we do")
      let offer = handshake.offer
      precondition((offer?.versionNames.count ?? 0) <= 100 && (offer?.cipherSuiteNames.count ?? 0) <= 100, "no end")
      _ = window.takeAlerts()
      window.takeOutput { _ in }
      switch step {
      case .wantMoreBytes where rest.isEmpty: return
      case .wantMoreBytes:
        piece = Array(rest.prefix(length))
        rest = rest.dropFirst(length)
      case .failed: return
      case .complete: fatalError("a handshake without the key")
      }
    }
  }

  func decide(on identity: [UInt8], _ version: TLSVersion, _ context: TLSContext) -> PreSharedKeyDecision {
    precondition(!identity.isEmpty && identity.count <= 256, "an identity of \(identity.count) bytes is asked for")
    guard identity == Array("demo".utf8), let key = try? PreSharedKey(Array(0x10...0x1f)) else {
      return .unknownIdentity
    }
    return .accept(key)
  }

  func decide(
    on chain: [TLSCertificate], _ errors: [CertificateError], isResumption: Bool, _ configuration: TLSConfiguration
  ) -> CertificateDecision? { nil }
}
