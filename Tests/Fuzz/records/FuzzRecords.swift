@testable import SecureServer

/// libFuzzer's entry: records of an established connection, spoilt at one place and cut in pieces.
///
/// The first byte says how long each piece is, the next two where a bit is turned, the fourth which bit and which version of
/// TLS; the rest is what the client writes.
@c(LLVMFuzzerTestOneInput)
public func fuzzRecords(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard input.count > 4 else { return 0 }
  let spot = Int(input[1]) << 8 | Int(input[2])
  guard let connection = Connection(isTLS13: input[3] & 8 != 0) else { fatalError("no connection to spoil") }
  connection.receive(
    Array(input.dropFirst(4)), inPiecesOf: Int(input[0]) + 1, turning: 1 << (input[3] & 7), at: spot)
  return 0
}

/// A client of OpenSSL's and our engine, connected.
private final class Connection: HandshakeApplication {
  private static let context = try? TLSContext(TLSConfiguration { _ in .unknownIdentity })

  private let window: TLSWindow
  private let client: Client
  private var records: TLSRecordLayer?

  init?(isTLS13: Bool) {
    guard let client = Client(isTLS13: isTLS13), let window = try? TLSWindow(),
      let context = Self.context,
      let handshake = try? TLSHandshake(context: context, window: window)
    else { return nil }
    self.client = client
    self.window = window
    for _ in 0..<8 where records == nil {
      client.shakeHands()
      let flight = client.takeOutput()
      if case .complete(let records, _) = unsafe handshake.advance(with: flight.span.bytes, asking: self).step {
        self.records = records
      }
      deliver()
    }
    guard records != nil else { return nil }
    client.shakeHands()
  }

  func receive(_ plaintext: [UInt8], inPiecesOf length: Int, turning bit: UInt8, at spot: Int) {
    guard let records else { return }
    client.write(plaintext)
    var ciphertext = client.takeOutput()
    let isSpoilt = spot < ciphertext.count
    if isSpoilt { ciphertext[spot] ^= bit }
    var received: [UInt8] = []
    var isOver = false
    var rest = ciphertext[...]
    while !rest.isEmpty, !isOver {
      isOver = !open(records, Array(rest.prefix(length)), into: &received)
      rest = rest.dropFirst(length)
    }
    precondition(plaintext.starts(with: received), "what was not sent was received")
    precondition(isSpoilt || received == plaintext, "what was sent was not received")
    guard !isOver else { return }
    _ = unsafe records.seal(plaintext.span.bytes)
    deliver()
    precondition(client.read(plaintext.count) == plaintext, "what we sent did not arrive")
    records.close()
    deliver()
  }

  /// False if the connection is over.
  private func open(_ records: TLSRecordLayer, _ piece: [UInt8], into received: inout [UInt8]) -> Bool {
    var rest = piece
    while true {
      var result: (opened: TLSRecordLayer.Opened, consumed: Int) = (.wantMoreBytes, 0)
      let plaintext = unsafe [UInt8](unsafeUninitializedCapacity: 300) { buffer, count in
        var span = unsafe OutputRawSpan(buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 0)
        result = unsafe records.open(rest.span.bytes, into: &span)
        count = unsafe span.finalize(for: UnsafeMutableRawBufferPointer(buffer))
      }
      _ = window.takeAlerts()
      precondition(result.consumed <= rest.count, "more was read than there was")
      received += plaintext
      rest.removeFirst(result.consumed)
      switch result.opened {
      case .full: continue
      case .wantMoreBytes: return true
      case .closed, .failed: return false
      }
    }
  }

  private func deliver() {
    window.takeOutput { bytes in client.deliver(unsafe bytes.withUnsafeBytes { unsafe Array($0) }) }
    _ = window.takeAlerts()
  }

  func decide(on identity: [UInt8], _ version: TLSVersion, _ context: TLSContext) -> PreSharedKeyDecision {
    guard let key = try? PreSharedKey(Client.key) else { return .unknownIdentity }
    return .accept(key)
  }

  func decide(
    on chain: [TLSCertificate], _ errors: [CertificateError], isResumption: Bool, _ configuration: TLSConfiguration
  ) -> CertificateDecision? { nil }
}
