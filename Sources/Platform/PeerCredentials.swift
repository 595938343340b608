import CPlatform
import Glibc

/// Who is at the other end of a Unix domain socket: whoever connected, as the kernel knows it (unix(7), SO_PEERCRED).
public struct PeerCredentials: Sendable, Equatable {
  /// Its process.
  public let processID: Int32
  /// Its user.
  public let userID: UInt32

  /// Looks at the connected socket `descriptor`.
  ///
  /// - Throws: ``SystemError``.
  public init(of descriptor: CInt) throws(SystemError) {
    var peer = gw_peer_credentials()
    var length = socklen_t(MemoryLayout<gw_peer_credentials>.size)
    guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 else {
      throw SystemError("look at who has connected")
    }
    processID = peer.pid
    userID = peer.uid
  }

  /// Whether it is this process's user, or root.
  public var isTrusted: Bool { userID == 0 || userID == geteuid() }
}
