import Glibc

/// A port that connections succeed at, and where nobody ever answers.
final class SilentListener: Sendable {
  let port: Int
  let descriptor: Int32

  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = self.descriptor
    let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard bound else { throw NoPort() }
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  struct NoPort: Error {}

  deinit {
    // An accept(2) in another thread returns.
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }
}
