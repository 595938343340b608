import Glibc

/// An entry of a directory, looked at without opening it.
public struct FileStatus: Sendable, Equatable {
  /// Whether it is a symbolic link.
  public let isLink: Bool
  /// The state of the file, behind the link if it is one; nil if that is not known, as where the link leads nowhere.
  public let version: FileVersion?

  /// Says what an entry is.
  public init(isLink: Bool, version: FileVersion?) {
    self.isLink = isLink
    self.version = version
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
    guard status.st_mode & S_IFMT == S_IFLNK else { return FileStatus(isLink: false, version: FileVersion(status)) }
    return FileStatus(isLink: true, version: version(of: name))
  }

  /// Where the link `name` leads, as it is written in it; nil if it is none.
  public func target(ofLink name: String) -> String? {
    var target = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlinkat(descriptor, name, &target, target.count)
    guard count > 0 else { return nil }
    return String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
