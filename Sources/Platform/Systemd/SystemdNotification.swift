import CPlatform
import Glibc

/// Tells systemd how the service is (sd_notify(3)): one datagram to the socket in $NOTIFY_SOCKET.
public enum SystemdNotification {
  /// Sends `state`, such as `READY=1`; does nothing where nobody asked to be told.
  ///
  /// - Returns: whether it was sent.
  @discardableResult public static func send(_ state: String) -> Bool {
    guard let variable = unsafe getenv("NOTIFY_SOCKET") else { return false }
    let path = unsafe Array(String(cString: variable).utf8)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard !path.isEmpty, path.count < room else { return false }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path) }
    // An abstract socket's name starts with NUL, which is written as @.
    if path[0] == UInt8(ascii: "@") { address.sun_path.0 = 0 }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
    return send(Array(state.utf8), to: &address, length)
  }

  /// The time on the clock that systemd compares reloads with (CLOCK_MONOTONIC).
  public static var monotonicMicroseconds: Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }

  private static func send(_ bytes: [UInt8], to address: inout sockaddr_un, _ length: socklen_t) -> Bool {
    let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe sendto(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL), $0, length) == bytes.count
      }
    }
  }
}
