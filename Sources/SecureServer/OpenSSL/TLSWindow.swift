import COpenSSL

/// What all TLS connections of one event loop share: one BIO, one view of the bytes that came in, one buffer for those
/// that go out. Nothing is buffered in a connection of its own.
///
/// The BIO reads from the bytes that are lent for the time of one call (``withInput(_:for:_:)``) and appends to the output.
@safe final class TLSWindow {
  /// The handshake that is being driven, for the callbacks; nil outside of a call.
  private(set) var handshake: TLSHandshake?
  /// Alerts that the call sent or received, in order.
  private(set) var alerts: [(alert: TLSAlert, isSent: Bool)] = []
  /// Whether OpenSSL is being called, so that nothing else may be begun on this loop.
  private(set) var isBusy = false
  private var output: [UInt8] = []
  private var input = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
  private var inputOffset = 0
  private let method: OpaquePointer
  private let bio: OpaquePointer

  init() throws(SecureServerError) {
    guard let method = unsafe BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "event loop window") else {
      throw .openSSL(OpenSSLErrors.drain())
    }
    unsafe BIO_meth_set_read(method, readFromWindow)
    unsafe BIO_meth_set_write(method, writeToWindow)
    unsafe BIO_meth_set_ctrl(method, controlWindow)
    guard let bio = unsafe BIO_new(method) else {
      unsafe BIO_meth_free(method)
      throw .openSSL(OpenSSLErrors.drain())
    }
    unsafe self.method = unsafe method
    unsafe self.bio = unsafe bio
    // The window outlives each use of its BIO: connections hold the window.
    unsafe BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
    unsafe BIO_set_init(bio, 1)
  }

  deinit {
    unsafe BIO_free(bio)
    unsafe BIO_meth_free(method)
  }

  /// Lends `bytes` to OpenSSL for the time of `body`; returns what `body` does and how many bytes were read.
  func withInput<Result>(
    _ bytes: RawSpan, for handshake: TLSHandshake? = nil, _ body: () -> Result
  ) -> (result: Result, consumed: Int) {
    precondition(!isBusy, "the engine is entered again from one of its callbacks")
    isBusy = true
    self.handshake = handshake
    defer {
      unsafe input = UnsafeRawBufferPointer(start: nil, count: 0)
      self.handshake = nil
      isBusy = false
    }
    return unsafe bytes.withUnsafeBytes { buffer in
      unsafe input = buffer
      inputOffset = 0
      OpenSSLErrors.clear()
      let result = body()
      return (result, inputOffset)
    }
  }

  /// Runs `body` with nothing to read.
  func withoutInput<Result>(_ body: () -> Result) -> Result {
    let nothing: [UInt8] = []
    return unsafe withInput(nothing.span.bytes, body).result
  }

  var hasOutput: Bool { !output.isEmpty }
  var outputCount: Int { output.count }

  /// Lends what is to be sent, and forgets it.
  func takeOutput(_ body: (RawSpan) -> Void) {
    unsafe body(output.span.bytes)
    output.removeAll(keepingCapacity: output.capacity <= 65_536)
  }

  /// Forgets what a connection that has ended would have sent and heard, so that it reaches no other.
  func discardOutput() {
    output.removeAll(keepingCapacity: true)
    alerts.removeAll()
  }

  /// The alerts since the last call.
  func takeAlerts() -> [(alert: TLSAlert, isSent: Bool)] {
    guard !alerts.isEmpty else { return [] }
    defer { alerts.removeAll() }
    return alerts
  }

  /// Makes the BIO the transport of `ssl`, which holds a reference of its own from now on.
  func attach(to ssl: OpaquePointer) {
    unsafe BIO_up_ref(bio)
    unsafe SSL_set_bio(ssl, bio, bio)
  }

  // MARK: What the callbacks call

  /// A copy of the bytes that are lent, those that were read with them.
  var lentInput: [UInt8] { unsafe Array(input) }

  fileprivate func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = unsafe min(buffer.count, input.count - inputOffset)
    unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[inputOffset..<(inputOffset + count)]))
    inputOffset += count
    return count
  }

  fileprivate func write(_ bytes: UnsafeRawBufferPointer) {
    unsafe output.append(contentsOf: bytes)
  }

  func record(_ alert: TLSAlert, isSent: Bool) {
    alerts.append((alert, isSent))
  }

  /// The window whose BIO `ssl` uses.
  static func of(_ ssl: OpaquePointer?) -> TLSWindow? {
    guard let bio = unsafe SSL_get_rbio(ssl) else { return nil }
    return unsafe of(bio: bio)
  }

  fileprivate static func of(bio: OpaquePointer?) -> TLSWindow? {
    guard let data = unsafe BIO_get_data(bio) else { return nil }
    return unsafe Unmanaged<TLSWindow>.fromOpaque(data).takeUnretainedValue()
  }
}

private func readFromWindow(bio: OpaquePointer?, bytes: UnsafeMutablePointer<CChar>?, count: CInt) -> CInt {
  unsafe shim_BIO_clear_retry_flags(bio)
  guard let window = unsafe TLSWindow.of(bio: bio), let bytes = unsafe bytes, count > 0 else { return 0 }
  let read = unsafe window.read(into: UnsafeMutableRawBufferPointer(start: bytes, count: Int(count)))
  if read == 0 {
    unsafe shim_BIO_set_retry_read(bio)
    return -1
  }
  return CInt(read)
}

private func writeToWindow(bio: OpaquePointer?, bytes: UnsafePointer<CChar>?, count: CInt) -> CInt {
  unsafe shim_BIO_clear_retry_flags(bio)
  guard let window = unsafe TLSWindow.of(bio: bio), let bytes = unsafe bytes, count > 0 else { return 0 }
  unsafe window.write(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
  return count
}

private func controlWindow(
  bio: OpaquePointer?, command: CInt, number: CLong, pointer: UnsafeMutableRawPointer?
) -> CLong {
  command == BIO_CTRL_FLUSH ? 1 : 0
}
