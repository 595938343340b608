import Glibc

/// Holds back small segments of the TCP socket `descriptor` until it is uncorked, so that many small writes leave as
/// few packets (tcp(7), TCP_CORK). It has no effect on a socket of another kind.
public func setCork(_ descriptor: CInt, _ corked: Bool) {
  var value: CInt = corked ? 1 : 0
  unsafe setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<CInt>.size))
}

/// Closes `descriptor` in every child process that is started from now on.
public func closeOnExec(_ descriptor: CInt) {
  let flags = fcntl(descriptor, F_GETFD)
  if flags >= 0 { _ = fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC) }
}
