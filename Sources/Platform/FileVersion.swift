import Glibc

/// What tells a file from the same file after a change: which inode it is, how long, and when it was changed last.
public struct FileVersion: Equatable, Sendable {
  private let device: UInt64
  private let inode: UInt64
  private let byteCount: Int64
  private let modified: Moment
  /// Changes even where a program sets the time of modification back.
  private let changed: Moment

  private struct Moment: Equatable, Sendable {
    let seconds: Int
    let nanoseconds: Int

    init(_ time: timespec) { (seconds, nanoseconds) = (time.tv_sec, time.tv_nsec) }
  }

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    byteCount = Int64(status.st_size)
    modified = Moment(status.st_mtim)
    changed = Moment(status.st_ctim)
  }
}
