import Glibc
import NIOCore

extension InternetAddress {
  /// The address without its port; nil for a Unix domain socket.
  init?(_ address: SocketAddress) {
    guard address.protocol == .inet || address.protocol == .inet6 else { return nil }
    self = unsafe address.withSockAddr { unsafe Self(UnsafeRawBufferPointer(start: $0, count: $1)) }
  }

  /// Reads a sockaddr_in or sockaddr_in6 (ip(7), ipv6(7)): the address lies 4 or 8 bytes in.
  private init(_ raw: UnsafeRawBufferPointer) {
    if raw.count < MemoryLayout<sockaddr_in6>.size {
      self = unsafe .v4(UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
    } else {
      self = unsafe Self(
        high: UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
        low: UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)))
    }
  }
}

extension SocketAddress {
  /// An address with its port; nil never happens, for 4 or 16 bytes are always an address.
  init?(_ address: InternetAddress, port: Int) {
    do {
      self = try SocketAddress(packedIPAddress: ByteBuffer(bytes: address.bytes), port: port)
    } catch {
      return nil
    }
  }

  /// IPv4 in IPv6, as a dual-stack socket reports it, as the IPv4 that it is.
  var withoutIPv6Clothes: SocketAddress {
    guard case .v6 = self, let address = InternetAddress(self), case .v4 = address, let port else { return self }
    return SocketAddress(address, port: port) ?? self
  }
}
