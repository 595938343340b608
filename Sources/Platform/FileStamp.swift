public import Glibc

/// What tells one state of a file from another without reading it (stat(2)): the file itself, its length, and when its
/// bytes and its inode were last changed.
public struct FileStamp: Sendable, Equatable {
  private let device: UInt64
  private let inode: UInt64
  private let byteCount: Int64
  private let modifiedAt: Int64
  private let changedAt: Int64

  /// Takes what matters of `status`.
  public init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    byteCount = Int64(status.st_size)
    modifiedAt = Self.nanoseconds(status.st_mtim)
    changedAt = Self.nanoseconds(status.st_ctim)
  }

  /// Whether there are no bytes in the file.
  public var isEmpty: Bool { byteCount == 0 }

  /// Whether a later change is sure to give another stamp. File systems tell time in steps: what changes twice within one,
  /// without a change of length, has the same stamp.
  public var isSettled: Bool {
    // Whole seconds: the file system keeps no more (FAT: two of them). Else a step is a tick of the kernel, 10 ms at most.
    age > (changedAt % 1_000_000_000 == 0 ? .seconds(2) : .milliseconds(100))
  }

  /// How long ago the file changed; negative where the file system's clock is ahead.
  public var age: Duration {
    var now = timespec()
    guard unsafe clock_gettime(CLOCK_REALTIME, &now) == 0 else { return .zero }
    return .nanoseconds(Self.nanoseconds(now) &- changedAt)
  }

  private static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}

/// An entry of a directory, looked at without opening it.
public struct FileStatus: Sendable, Equatable {
  /// Whether it is a symbolic link.
  public let isLink: Bool
  /// The state of the file, behind the link if it is one; nil if the link leads nowhere.
  public let stamp: FileStamp?

  /// Says what an entry is.
  public init(isLink: Bool, stamp: FileStamp?) {
    self.isLink = isLink
    self.stamp = stamp
  }
}

extension Directory {
  /// Looks at the entry `name`; nil if there is none.
  ///
  /// - Throws: ``SystemError``.
  public func look(at name: String) throws(SystemError) -> FileStatus? {
    var status = stat()
    guard unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
      guard errno == ENOENT else { throw SystemError("look at \(path)/\(name)") }
      return nil
    }
    guard status.st_mode & S_IFMT == S_IFLNK else { return FileStatus(isLink: false, stamp: FileStamp(status)) }
    let leadsSomewhere = unsafe fstatat(descriptor, name, &status, 0) == 0
    return FileStatus(isLink: true, stamp: leadsSomewhere ? FileStamp(status) : nil)
  }
}
