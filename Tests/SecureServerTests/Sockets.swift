import Glibc
import NIOCore
import TestSupport

/// Sockets that the test opens itself, for a server to inherit or to find.
enum Sockets {
  /// A socket bound to a free port of 127.0.0.1.
  static func bound(_ type: __socket_type = SOCK_STREAM) throws -> (descriptor: CInt, port: Int) {
    let port = try freePort()
    return (try bind(AF_INET, type, to: try SocketAddress(ipAddress: "127.0.0.1", port: port)), port)
  }

  /// A socket that listens on 127.0.0.1.
  static func listening() throws -> (descriptor: CInt, port: Int) {
    let socket = try bound()
    guard listen(socket.descriptor, 1) == 0 else { throw NeverHappened(description: "not listening: \(errno)") }
    return socket
  }

  /// A socket at a path, which listens if it is a stream; closed if it is as a server leaves it that dies.
  static func unix(_ path: String, _ type: __socket_type = SOCK_STREAM, isAlive: Bool) throws -> CInt {
    let descriptor = try bind(AF_UNIX, type, to: try SocketAddress(unixDomainSocketPath: path))
    guard type != SOCK_STREAM || listen(descriptor, 1) == 0 else {
      throw NeverHappened(description: "not listening: \(errno)")
    }
    if !isAlive { close(descriptor) }
    return descriptor
  }

  private static func bind(_ family: CInt, _ type: __socket_type, to address: SocketAddress) throws -> CInt {
    let descriptor = socket(family, CInt(type.rawValue), 0)
    guard unsafe address.withSockAddr({ unsafe Glibc.bind(descriptor, $0, socklen_t($1)) }) == 0 else {
      throw NeverHappened(description: "no socket: error \(errno)")
    }
    return descriptor
  }

  /// How many connections may wait for a listening socket (tcpi_sacked in TCP_INFO, tcp(7)).
  static func backlog(of descriptor: CInt) -> UInt32 {
    var info = [UInt32](repeating: 0, count: 64)
    var length = socklen_t(256)
    _ = unsafe getsockopt(descriptor, CInt(IPPROTO_TCP), TCP_INFO, &info, &length)
    return info[7]
  }

  static func close(_ descriptor: CInt) { _ = Glibc.close(descriptor) }
}
