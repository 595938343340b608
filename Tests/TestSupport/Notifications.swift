import Glibc
import NIOConcurrencyHelpers
import Platform

/// Stands where systemd would, and remembers what a service tells it (sd_notify(3)).
public final class Notifications: Sendable {
  /// What $NOTIFY_SOCKET says.
  public let path: String
  private let list = NIOLockedValueBox<[String]>([])
  private let isOver = NIOLockedValueBox(false)

  fileprivate init(path: String) throws {
    self.path = path
    let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let isBound = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    guard isBound else { throw NeverHappened(description: "no socket at \(path)") }
    try SystemThread.start("notifications") { [self] in collect(descriptor) }
  }

  /// Each datagram, in order.
  public var all: [String] { list.withLockedValue { $0 } }

  private func collect(_ descriptor: CInt) {
    defer { close(descriptor) }
    var (poll, bytes) = (Poll(), [UInt8](repeating: 0, count: 4_096))
    while !isOver.withLockedValue({ $0 }) {
      poll.removeAll()
      let place = poll.watch(descriptor)
      poll.wait(.milliseconds(50))
      guard poll.isReadable(place) else { continue }
      let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
      guard count >= 0 else { continue }
      let text = String(decoding: bytes[..<count], as: UTF8.self)
      list.withLockedValue { $0.append(text) }
    }
  }

  fileprivate func end() { isOver.withLockedValue { $0 = true } }
}

/// Listens for notifications for the duration of `body`.
public func withNotifications<Result>(_ body: (Notifications) async throws -> Result) async throws -> Result {
  try await withTemporaryDirectory { directory in
    let notifications = try Notifications(path: directory + "/notify")
    defer { notifications.end() }
    return try await body(notifications)
  }
}
