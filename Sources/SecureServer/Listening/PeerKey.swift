import NIOCore

/// What the limits for each address count by.
enum PeerKey: Hashable, Sendable {
  /// A peer's address, whatever its port; of IPv6 the network of 64 bits, for that is what one peer has (RFC 6177).
  case address(InternetAddress)
  /// A Unix domain socket, or a peer that was gone before it could be asked.
  case local
  /// A trusted proxy's connection that hasn't said yet whom it carries. No limit of an address is for these: they are
  /// bounded by the number of accepted connections and by their deadline.
  case unannounced

  init(_ address: SocketAddress?) {
    switch address.flatMap({ InternetAddress($0) }) {
    case .v4(let bits): self = .address(.v4(bits))
    case .v6(let high, _): self = .address(.v6(high: high, low: 0))
    case nil: self = .local
    }
  }
}
