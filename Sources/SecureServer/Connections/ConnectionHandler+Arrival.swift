import NIOCore

/// From the connection's acceptance to its complete ClientHello: who it is, and whether it may stay.
extension ConnectionHandler {
  func accept() {
    guard countedAs == nil else { return }
    let key: PeerKey
    switch stage {
    case .announcing: key = .unannounced
    case .accepted: key = PeerKey(peer.address)
    case .queued, .handshaking, .established, .closing, .closed: return
    }
    loop.add(self)
    if key != .unannounced { core.emit(.accepted(peer)) }
    if let reason = core.admission.enter(key) { return fail(reason) }
    countedAs = key
    core.helloAwaited(+1)
    guard !core.isClosing else { return fail(.serverClosing) }
    deadline = loop.setDeadline(for: self)
  }

  /// The header's time is the ClientHello's: what it takes is missing there.
  func readProxyHeader(_ earlier: ByteBuffer, _ bytes: ByteBuffer) {
    var bytes = earlier.followed(by: bytes)
    let limit = core.configuration.proxyProtocol?.maximumHeaderBytes ?? 0
    switch ProxyHeader.read(bytes.readableBytesUInt8Span, maximumLength: limit) {
    case .incomplete: stage = .announcing(bytes.copy(unlessKeptIn: earlier))
    case .invalid(let text): fail(.invalidProxyHeader(text))
    case .complete(let header):
      bytes.moveReaderIndex(forwardBy: header.length)
      peer = peer.announced(as: header.source)
      stage = core.firstStage
      core.emit(.accepted(peer))
      let key = PeerKey(peer.address)
      if let reason = core.admission.announce(key) { return fail(reason) }
      countedAs = key
      if bytes.readableBytes > 0 { receive(bytes) }
    }
  }

  func scanHello(_ scanner: ClientHelloScanner, _ earlier: ByteBuffer, _ bytes: ByteBuffer) {
    var scanner = scanner
    let hello = earlier.followed(by: bytes)
    switch scanner.scan(hello.readableBytesUInt8Span) {
    case .incomplete: stage = .accepted(scanner, hello.copy(unlessKeptIn: earlier))
    case .notTLS: fail(.notTLS)
    case .malformed(let text): fail(.protocolError(text))
    case .complete:
      stage = .queued(hello)
      if core.admission.requestSlot(for: id, from: PeerKey(peer.address), on: loop.handle) {
        handshake(with: hello)
      } else {
        deadline = loop.setSlotDeadline(for: self)
      }
    }
  }
}

extension ByteBuffer {
  fileprivate func followed(by bytes: ByteBuffer) -> ByteBuffer {
    guard readableBytes > 0 else { return bytes }
    var whole = self
    whole.writeImmutableBuffer(bytes)
    return whole
  }

  /// What is to be kept of the first bytes: a copy of its own, for the buffer that was read into is the channel's.
  fileprivate func copy(unlessKeptIn earlier: ByteBuffer) -> ByteBuffer {
    earlier.readableBytes == 0 ? ByteBuffer(bytes: readableBytesView) : self
  }
}

extension SecureServerEvent.Peer {
  /// The peer that `source` says it is; a header that names none leaves the socket's own address.
  fileprivate func announced(as source: ProxyHeader.Source) -> Self {
    guard case .client(let client, let port) = source else { return self }
    return Self(
      connection: connection, address: SocketAddress(client, port: Int(port)), proxyAddress: address)
  }
}
