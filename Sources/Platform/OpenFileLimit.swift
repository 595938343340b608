import Glibc

/// How many files this process may have open (getrlimit(2), RLIMIT_NOFILE).
public enum OpenFileLimit {
  /// Raises the limit to the most that the system allows: a connection is an open file, and what a shell starts may often
  /// have no more than 1,024 of them. Where it cannot be raised, it stays.
  public static func raise() {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard unsafe getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
    limit.rlim_cur = limit.rlim_max
    _ = unsafe setrlimit(resource, &limit)
  }
}
