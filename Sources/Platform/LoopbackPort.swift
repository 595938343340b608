import Glibc

/// TCP ports of 127.0.0.1.
public enum LoopbackPort {
  /// Whether nobody listens on `port`.
  public static func isFree(_ port: Int) -> Bool { bound(to: port) != nil }

  /// A port that nobody listens on, chosen by the system.
  public static func free() -> Int? { bound(to: 0) }

  /// Whether somebody takes connections on `port`.
  public static func answers(_ port: Int) -> Bool {
    unsafe withSocket(port) { descriptor, address, length in
      unsafe connect(descriptor, address, length) == 0
    } ?? false
  }

  /// The port of a socket that was bound for a moment; nil if it could not be.
  private static func bound(to port: Int) -> Int? {
    unsafe withSocket(port) { descriptor, address, length -> Int? in
      var isReused: CInt = 1
      unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isReused, socklen_t(MemoryLayout<CInt>.size))
      var length = length
      guard unsafe bind(descriptor, address, length) == 0, listen(descriptor, 1) == 0,
        unsafe getsockname(descriptor, address, &length) == 0
      else { return nil }
      return unsafe address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        unsafe Int(UInt16(bigEndian: $0.pointee.sin_port))
      }
    } ?? nil
  }

  private static func withSocket<Result>(
    _ port: Int, _ body: (CInt, UnsafeMutablePointer<sockaddr>, socklen_t) -> Result
  ) -> Result? {
    guard let number = UInt16(exactly: port) else { return nil }
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = number.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
