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

  /// Whether there are no bytes in the file.
  public var isEmpty: Bool { byteCount == 0 }

  /// Whether a later change is sure to give another version. File systems tell time in steps: what changes twice within
  /// one, without a change of length, has the same version.
  public var isSettled: Bool {
    // Whole seconds: the file system keeps no more (FAT: two of them). Else a step is a tick of the kernel, 10 ms at most.
    age > (changed.nanoseconds == 0 ? .seconds(2) : .milliseconds(100))
  }

  /// How long ago the file changed; negative where the file system's clock is ahead.
  public var age: Duration {
    var now = timespec()
    guard unsafe clock_gettime(CLOCK_REALTIME, &now) == 0 else { return .zero }
    return .seconds(now.tv_sec) - .seconds(changed.seconds) + .nanoseconds(now.tv_nsec - changed.nanoseconds)
  }
}
