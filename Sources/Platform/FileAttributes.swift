import Glibc

/// What the system says of a file (stat(2)).
public struct FileAttributes: Sendable {
  /// Its permission bits.
  public let mode: UInt32
  /// The number of the user that owns it.
  public let owner: UInt32
  /// The number of its group.
  public let group: UInt32
  /// When its contents last changed, in seconds since 1970.
  public let modifiedAt: Int
  /// Whether it is a regular file.
  public let isRegular: Bool

  init(_ status: stat) {
    mode = status.st_mode & 0o7777
    owner = status.st_uid
    group = status.st_gid
    modifiedAt = status.st_mtim.tv_sec
    isRegular = status.st_mode & S_IFMT == S_IFREG
  }
}
