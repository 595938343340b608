/// An established connection's records: ciphertext in and plaintext out, and the other way round.
///
/// It owns its state apart from the handshake's, so that what decrypts and encrypts can be replaced.
struct TLSRecordLayer {
  /// How far ``open(_:into:)`` got.
  enum Opened {
    /// Everything was read.
    case wantMoreBytes
    /// `plaintext` is full: call again with what was not consumed.
    case full
    /// The peer said close_notify.
    case closed
    case failed(SecureServerEvent.CloseReason)
  }

  private let ssl: SSLObject

  init(_ ssl: SSLObject) { self.ssl = ssl }

  /// Decrypts `ciphertext` into `plaintext`, and says how much of it was read. Answers (alerts, key updates) lie in the
  /// window's output afterwards.
  func open(_ ciphertext: RawSpan, into plaintext: inout OutputRawSpan) -> (opened: Opened, consumed: Int) {
    let (opened, consumed) = ssl.window.withInput(ciphertext) { open(into: &plaintext) }
    return (opened, consumed)
  }

  private func open(into plaintext: inout OutputRawSpan) -> Opened {
    while plaintext.freeCapacity > 0 {
      switch ssl.read(into: &plaintext) {
      case .complete: continue
      case .wantMoreBytes: return .wantMoreBytes
      case .closed: return .closed
      case .failed(let failure): return .failed(reason(for: failure))
      }
    }
    return .full
  }

  /// Encrypts `plaintext` into the window's output; false if the connection is of no more use.
  func seal(_ plaintext: RawSpan) -> Bool {
    guard plaintext.byteCount > 0 else { return true }
    return ssl.window.withoutInput {
      if case .complete = ssl.write(plaintext) { return true }
      return false
    }
  }

  /// Puts close_notify into the window's output.
  func close() {
    // A connection that cannot say goodbye is closed all the same.
    _ = ssl.window.withoutInput { ssl.shutdown() }
  }

  private func reason(for failure: OpenSSLFailure) -> SecureServerEvent.CloseReason {
    if let received = ssl.window.alerts.last(where: { !$0.isSent && $0.alert.isFatal }) {
      return .alertReceived(received.alert)
    }
    return .protocolError(failure.text)
  }
}
