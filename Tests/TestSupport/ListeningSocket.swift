import Glibc

/// A TCP socket that listens on a port of 127.0.0.1, for a process that is to serve it.
public final class ListeningSocket: Sendable {
  /// Its descriptor, which children get only where they are given it.
  public let descriptor: CInt
  /// Where it listens.
  public let port: Int

  /// Listens.
  public init() throws {
    port = try freePort()
    descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let descriptor = descriptor
    let isBound = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isBound, listen(descriptor, 128) == 0 else { throw NeverHappened(description: "no socket on port \(port)") }
  }

  deinit { close(descriptor) }
}
