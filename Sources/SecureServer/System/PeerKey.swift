import Glibc
import NIOCore

/// A peer's address without its port: what limits for each address count. IPv4 in IPv6 counts as IPv4.
enum PeerKey: Hashable, Sendable {
  case ipv4(UInt32)
  case ipv6(UInt64, UInt64)
  case local

  init(_ address: SocketAddress?) {
    switch address {
    case .v4, .v6:
      self = unsafe address?.withSockAddr { unsafe Self(UnsafeRawBufferPointer(start: $0, count: $1)) } ?? .local
    case .unixDomainSocket, nil: self = .local
    }
  }

  /// Reads a sockaddr_in or sockaddr_in6 (ip(7), ipv6(7)): the address lies 4 or 8 bytes in.
  private init(_ raw: UnsafeRawBufferPointer) {
    if raw.count < MemoryLayout<sockaddr_in6>.size {
      self = unsafe .ipv4(UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
      return
    }
    let high = unsafe UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    let low = unsafe UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
    let isMapped = high == 0 && low >> 32 == 0xffff
    self = isMapped ? .ipv4(UInt32(truncatingIfNeeded: low)) : .ipv6(high, low)
  }
}

extension SocketAddress {
  /// IPv4 in IPv6 (`::ffff:192.0.2.1`, RFC 4291 §2.5.5.2), as a dual-stack socket reports it, as the IPv4 that it is.
  var withoutIPv6Clothes: SocketAddress {
    guard case .v6 = self, case .ipv4(let bits) = PeerKey(self), let port else { return self }
    let bytes = [bits >> 24, bits >> 16, bits >> 8, bits].map { UInt8(truncatingIfNeeded: $0) }
    // Four bytes are always an address.
    return (try? SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: port)) ?? self
  }
}

/// An error number as text (strerror(3)).
func systemErrorText(_ code: CInt) -> String {
  guard let text = unsafe strerror(code) else { return "error \(code)" }
  return unsafe String(cString: text)
}
