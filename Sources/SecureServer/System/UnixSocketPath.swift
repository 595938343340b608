import Glibc
import NIOCore

/// The place of a Unix domain socket in the file system.
struct UnixSocketPath {
  let path: String

  /// Removes what a dead server left there, and nothing else.
  ///
  /// Two servers that start at the same path in the same moment could both find it dead; who starts them must not.
  ///
  /// - Throws: ``SecureServerError/cannotListen(_:reason:)`` if the place is taken.
  func makeRoom() throws(SecureServerError) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else {
      if errno == ENOENT { return }
      throw refuse(systemErrorText(errno))
    }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw refuse("a file that is no socket is there") }
    switch try knock() {
    case ECONNREFUSED: break
    case ENOENT: return
    case 0, EAGAIN: throw refuse("a server listens there already")
    case EPROTOTYPE: throw refuse("a socket of another type is there")
    case let code: throw refuse("whether a server listens there is unknown: \(systemErrorText(code))")
    }
    guard unsafe unlink(path) == 0 || errno == ENOENT else { throw refuse(systemErrorText(errno)) }
  }

  /// Connects, and says how that went: 0 or an error number (connect(2)). A full backlog, EAGAIN, is a server too.
  private func knock() throws(SecureServerError) -> CInt {
    let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_UNIX, type, 0)
    guard descriptor >= 0 else { throw refuse(systemErrorText(errno)) }
    defer { close(descriptor) }
    let address: SocketAddress
    do { address = try SocketAddress(unixDomainSocketPath: path) } catch { throw refuse("\(error)") }
    return unsafe address.withSockAddr { unsafe connect(descriptor, $0, socklen_t($1)) == 0 ? 0 : errno }
  }

  private func refuse(_ reason: String) -> SecureServerError {
    .cannotListen(.unixDomainSocket(path: path), reason: reason)
  }
}
