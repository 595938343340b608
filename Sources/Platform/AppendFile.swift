import Glibc

/// A file that grows at its end: each append is one write(2), so a killed process leaves at most one torn line.
public final class AppendFile: Sendable {
  /// Where it is.
  public let path: String
  private let descriptor: CInt

  /// Opens `path` for appending, and makes it with mode 0600 where it is missing.
  ///
  /// - Throws: ``SystemError``.
  public init(path: String) throws(SystemError) {
    self.path = path
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw SystemError("open \(path)") }
  }

  deinit { close(descriptor) }

  /// Adds `text` at the end. It survives the end of the process at once, that of the machine a little later.
  ///
  /// - Throws: ``SystemError``.
  public func append(_ text: String) throws(SystemError) { try append(Array(text.utf8)) }

  /// Adds `bytes` at the end, as ``append(_:)-(String)`` does.
  ///
  /// - Throws: ``SystemError``.
  public func append(_ bytes: [UInt8]) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw SystemError("write \(path)") }
      rest = rest.dropFirst(count)
    }
  }

  /// A new file in the place of the one at `path`, with `text` in it, open for appending.
  ///
  /// It is on disk before it replaces the old one in one step: after a power cut either is found, whole.
  /// - Throws: ``SystemError``.
  public static func replacing(path: String, with text: String) throws(SystemError) -> AppendFile {
    try replacing(path: path, with: Array(text.utf8))
  }

  /// A new file with `bytes` in it, as ``replacing(path:with:)-(_,String)`` makes it.
  ///
  /// - Throws: ``SystemError``.
  public static func replacing(path: String, with bytes: [UInt8]) throws(SystemError) -> AppendFile {
    let temporary = path + ".new"
    _ = unsafe unlink(temporary)
    let file = try AppendFile(path: temporary)
    try file.append(bytes)
    guard fsync(file.descriptor) == 0 else { throw SystemError("synchronize \(temporary)") }
    guard unsafe rename(temporary, path) == 0 else { throw SystemError("replace \(path)") }
    return file
  }
}

extension AppendFile {
  /// Empties the file at `path`.
  ///
  /// - Throws: ``SystemError``.
  public static func truncate(_ path: String) throws(SystemError) {
    guard unsafe Glibc.truncate(path, 0) == 0 else { throw SystemError("empty \(path)") }
  }
}
