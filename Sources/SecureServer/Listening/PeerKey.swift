import NIOCore

/// What the limits for each address count by.
enum PeerKey: Hashable, Sendable {
  /// A peer's address, whatever its port.
  case address(InternetAddress)
  /// A Unix domain socket, or a peer that was gone before it could be asked.
  case local
  /// A trusted proxy's connection that hasn't said yet whom it carries. No limit of an address is for these: they are
  /// bounded by the number of accepted connections and by their deadline.
  case unannounced

  init(_ address: SocketAddress?) {
    self = address.flatMap { InternetAddress($0) }.map(Self.address) ?? .local
  }
}
