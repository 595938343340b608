import Glibc

/// A directory that is held open: its files are found in it by name, even if it is renamed meanwhile.
public final class Directory: Sendable {
  /// Its path when it was opened.
  public let path: String
  let descriptor: CInt

  /// Opens the directory `path`.
  ///
  /// - Throws: ``SystemError``.
  public init(path: String) throws(SystemError) {
    self.path = path
    descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError("open \(path)") }
  }

  deinit { close(descriptor) }

  /// Whether there is a directory `path`, links followed.
  public static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The names of everything in it but `.` and `..`, in bytewise order.
  ///
  /// - Throws: ``SystemError``.
  public func names() throws(SystemError) -> [String] {
    // A descriptor of its own, because closedir closes it, and with a position of its own.
    let copy = unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0 else { throw SystemError("open \(path)") }
    guard let stream = unsafe fdopendir(copy) else {
      let error = SystemError("read \(path)")
      close(copy)
      throw error
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else { break }
      // The record is as long as its name, so that it must not be read as a whole `dirent`.
      let name = unsafe UnsafeRawPointer(entry) + (MemoryLayout<dirent>.offset(of: \.d_name) ?? 0)
      names.append(unsafe String(cString: name.assumingMemoryBound(to: CChar.self)))
    }
    guard errno == 0 else { throw SystemError("read \(path)") }
    return names.filter { $0 != "." && $0 != ".." }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Its permission bits; 0 if they cannot be found out.
  public var mode: UInt32 {
    // fstat on an open directory fails only when memory does.
    ((try? status())?.st_mode ?? 0) & 0o7777
  }

  /// What there is to know of the file `name` without opening it; a link is not followed.
  ///
  /// - Throws: ``SystemError``.
  public func attributes(of name: String) throws(SystemError) -> FileAttributes {
    var status = stat()
    guard unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
      throw SystemError("look at \(path)/\(name)")
    }
    return FileAttributes(status)
  }

  /// What there is to know of the directory itself.
  ///
  /// - Throws: ``SystemError``.
  public func ownAttributes() throws(SystemError) -> FileAttributes { FileAttributes(try status()) }

  /// Removes the file `name`, for good once this returns.
  ///
  /// - Throws: ``SystemError``.
  public func remove(_ name: String) throws(SystemError) {
    guard unsafe faulty(unlinkat(descriptor, name, 0)) == 0 else { throw SystemError("remove \(path)/\(name)") }
    try synchronize()
  }

  /// Gives the file `name` (not what it may link to) the directory's owner and group, if we may (root).
  ///
  /// - Throws: ``SystemError``.
  public func adopt(_ name: String) throws(SystemError) {
    guard geteuid() == 0 else { return }
    let own = try status()
    guard unsafe faulty(fchownat(descriptor, name, own.st_uid, own.st_gid, AT_SYMLINK_NOFOLLOW)) == 0 else {
      throw SystemError("give \(path)/\(name) its owner")
    }
  }

  /// Which file is read under `name`, links followed, and in which state; nil if none is.
  public func version(of name: String) -> FileVersion? {
    var status = stat()
    guard unsafe fstatat(descriptor, name, &status, 0) == 0 else { return nil }
    return FileVersion(status)
  }

  /// Waits until what was created, renamed or removed in it is on disk.
  func synchronize() throws(SystemError) {
    guard faulty(fsync(descriptor)) == 0 else { throw SystemError("synchronize \(path)") }
  }

  func status() throws(SystemError) -> stat {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw SystemError("look at \(path)") }
    return status
  }
}
