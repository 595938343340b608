import Glibc

/// A listening socket that somebody else opened, looked at before anything relies on it.
struct InheritedSocket {
  /// A copy of its own, which no child process gets (sd_listen_fds(3)): the one that was inherited stays, so that what
  /// fails may be tried again.
  let descriptor: CInt
  /// Whether it is TCP's rather than a Unix domain socket.
  let isTCP: Bool

  /// - Throws: ``SecureServerError/cannotListen(_:reason:)`` if it is anything but a listening stream socket.
  init(_ descriptor: CInt) throws(SecureServerError) {
    func refuse(_ reason: String) -> SecureServerError {
      .cannotListen(.inherited(descriptor: descriptor), reason: reason)
    }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw refuse(systemErrorText(errno)) }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw refuse("it is no socket") }
    guard Self.option(SO_TYPE, of: descriptor) == CInt(SOCK_STREAM.rawValue) else {
      throw refuse("it is no stream socket")
    }
    switch Self.option(SO_DOMAIN, of: descriptor) {
    case AF_INET, AF_INET6: isTCP = true
    case AF_UNIX: isTCP = false
    default: throw refuse("it is neither TCP nor a Unix domain socket")
    }
    guard Self.option(SO_ACCEPTCONN, of: descriptor) == 1 else { throw refuse("it doesn't listen") }
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
    guard copy >= 0 else { throw refuse(systemErrorText(errno)) }
    self.descriptor = copy
  }

  /// Lets go of one that is listened on through its copy.
  static func release(_ descriptor: CInt) { _ = Glibc.close(descriptor) }

  /// How many connections wait for it from now on: SwiftNIO leaves it with 128.
  func setBacklog(_ backlog: Int) throws(SecureServerError) {
    guard listen(descriptor, CInt(clamping: backlog)) == 0 else {
      throw .cannotListen(.inherited(descriptor: descriptor), reason: systemErrorText(errno))
    }
  }

  /// One number that getsockopt(2) knows of a socket; nil if it doesn't.
  private static func option(_ name: CInt, of descriptor: CInt) -> CInt? {
    var value: CInt = 0
    var length = socklen_t(MemoryLayout<CInt>.size)
    guard unsafe getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 else { return nil }
    return value
  }
}
