import CPlatform
import Glibc

/// Files of one directory that are written together: all of them lie on disk under temporary names before the first gets
/// its own, and where one cannot, those before it are taken back.
///
/// Whoever opens a file meanwhile gets the old one or the new, whole. What a killed process leaves are temporary files,
/// and perhaps some of the files under their names.
public struct FileBatch: ~Copyable {
  /// What may be there under a file's name.
  public enum Expectation: Sendable {
    /// Nothing.
    case nothing
    /// Whatever there is; a symbolic link is replaced, not followed.
    case anything
    /// The file as it was when it was read.
    case version(FileVersion)
  }

  private struct Item {
    let name: String
    let temporary: String
    let expected: Expectation
    /// The second name of the file that was there, until all are published.
    var old: String?
  }

  private let directory: Directory
  private let isLarge: Bool
  private var items: [Item] = []

  /// Begins a batch of about `count` files in `directory`.
  public init(in directory: Directory, count: Int = 1) {
    self.directory = directory
    // One call for the whole file system takes longer than a few for files, and much less than thousands.
    isLarge = count > 16
  }

  deinit { for item in items { unsafe unlinkat(directory.descriptor, item.temporary, 0) } }

  /// Writes a file under a temporary name. Where we may (root), its owner and group are those of the file that it
  /// replaces, or the directory's.
  ///
  /// - Parameters:
  ///   - bytes: its contents.
  ///   - name: its name in the directory.
  ///   - expected: what may be there under that name when the batch is published.
  ///   - mode: its permissions, whatever the umask.
  ///   - replaced: the file whose owner and group it gets; nil: the directory's.
  /// - Throws: ``FileBatchError``.
  public mutating func stage(
    _ bytes: Span<UInt8>, as name: String, expecting expected: Expectation, mode: UInt32 = 0o600,
    replacing replaced: FileAttributes? = nil
  ) throws(FileBatchError) {
    let temporary = AtomicFile.temporaryPrefix + String(UInt64.random(in: .min ... .max), radix: 16)
    items.append(Item(name: name, temporary: temporary, expected: expected))
    do throws(SystemError) {
      let owner = if let replaced { replaced } else { try directory.ownAttributes() }
      try create(temporary, bytes, mode: mode, owner: owner)
    } catch {
      throw .system(error)
    }
  }

  /// Gives all files their names, in the order in which they were staged.
  ///
  /// On failure everything is as it was, unless the directory cannot be synchronized at the very end.
  /// - Throws: ``FileBatchError``.
  public mutating func publish() throws(FileBatchError) {
    if isLarge, faulty(gw_sync_file_system(directory.descriptor)) != 0 { throw .system(failure("synchronize")) }
    for item in items { try check(item) }
    var published = 0
    do throws(FileBatchError) {
      for index in items.indices {
        try publish(index)
        published += 1
      }
    } catch {
      for index in items.indices.prefix(published).reversed() { takeBack(index) }
      for item in items { item.old.map { _ = unsafe unlinkat(directory.descriptor, $0, 0) } }
      throw error
    }
    let done = items
    items = []
    // What cannot be removed is cleared away with other abandoned files.
    for item in done { item.old.map { _ = unsafe faulty(unlinkat(directory.descriptor, $0, 0)) } }
    try synchronize()
  }
}

extension FileBatch {
  private func create(
    _ name: String, _ bytes: Span<UInt8>, mode: UInt32, owner: FileAttributes
  ) throws(SystemError) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let descriptor = unsafe faulty(openat(directory.descriptor, name, flags, 0o600))
    guard descriptor >= 0 else { throw failure("create", name) }
    defer { close(descriptor) }
    try writeAll(bytes, to: descriptor, name)
    // The owner before the mode, for fchown clears mode bits; neither before the bytes are all there.
    if geteuid() == 0 {
      guard faulty(fchown(descriptor, owner.owner, owner.group)) == 0 else { throw failure("own", name) }
    }
    guard faulty(fchmod(descriptor, mode)) == 0 else { throw failure("give a mode to", name) }
    guard isLarge || faulty(fsync(descriptor)) == 0 else { throw failure("synchronize", name) }
  }

  private func writeAll(_ bytes: Span<UInt8>, to descriptor: CInt, _ name: String) throws(SystemError) {
    var written = 0
    while written < bytes.count {
      guard faulty(0) == 0 else { throw failure("write", name) }
      let rest = bytes.extracting(written...)
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure("write", name) }
      written += count
    }
  }

  private func check(_ item: Item) throws(FileBatchError) {
    guard case .version(let version) = item.expected else { return }
    guard directory.version(of: item.name) == version else { throw .changed(path: "\(directory.path)/\(item.name)") }
  }

  private mutating func publish(_ index: Int) throws(FileBatchError) {
    let (item, descriptor) = (items[index], directory.descriptor)
    if case .nothing = item.expected {
      // link(2) never replaces, unlike rename(2).
      guard unsafe faulty(linkat(descriptor, item.temporary, descriptor, item.name, 0)) == 0 else {
        throw errno == EEXIST
          ? .exists(path: "\(directory.path)/\(item.name)") : .system(failure("create", item.name))
      }
      // The file is there under its name; a second name that stays is cleared away with other abandoned files.
      _ = unsafe faulty(unlinkat(descriptor, item.temporary, 0))
      return
    }
    try check(item)
    if items.count > 1 { try keepOld(index) }
    guard unsafe faulty(renameat(descriptor, item.temporary, descriptor, item.name)) == 0 else {
      throw .system(failure("replace", item.name))
    }
  }

  /// Gives the file that is to be replaced a second name, under which it can be put back.
  private mutating func keepOld(_ index: Int) throws(FileBatchError) {
    let old = items[index].temporary + "-old"
    if unsafe faulty(linkat(directory.descriptor, items[index].name, directory.descriptor, old, 0)) == 0 {
      items[index].old = old
    } else if errno != ENOENT {
      throw .system(failure("keep", items[index].name))
    }
  }

  /// What cannot be taken back stays: the first failure is the one to tell.
  private func takeBack(_ index: Int) {
    let (item, descriptor) = (items[index], directory.descriptor)
    if let old = item.old {
      unsafe renameat(descriptor, old, descriptor, item.name)
    } else {
      unsafe unlinkat(descriptor, item.name, 0)
    }
  }

  private func synchronize() throws(FileBatchError) {
    guard faulty(fsync(directory.descriptor)) == 0 else { throw .system(failure("synchronize")) }
  }

  private func failure(_ verb: String, _ name: String? = nil) -> SystemError {
    SystemError("\(verb) \(directory.path)" + (name.map { "/\($0)" } ?? ""))
  }
}

/// Why files were not written.
public enum FileBatchError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The system refused.
  case system(SystemError)
  /// A file is there where none was expected.
  case exists(path: String)
  /// Somebody else has changed the file since it was read.
  case changed(path: String)

  /// One line that says what was tried.
  public var description: String {
    switch self {
    case .system(let error): error.description
    case .exists(let path): "\(path) exists already"
    case .changed(let path): "\(path) was changed by somebody else meanwhile: run the command again"
    }
  }
}
