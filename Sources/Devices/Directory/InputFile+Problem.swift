import Platform

extension InputFile {
  /// Whether others may have written the file, or may read it: what is in it does not count then, and whoever writes it
  /// anew must not make it count.
  ///
  /// - Throws: ``Problem``.
  func checkMode(_ options: DeviceDirectory.Options) throws(Problem) {
    let shown = "(mode 0\(String(mode, radix: 8)))"
    guard mode & 0o002 == 0 else {
      throw Problem(.error, path: path, "is writable by others \(shown): chmod 600 it")
    }
    guard mode & 0o004 == 0 || options.allowsReadableByOthers else {
      throw Problem(
        .error, path: path, "is readable by others \(shown): chmod 600 it, or allow it in the configuration")
    }
  }

  /// The whole file without a byte order mark, which some editors put at the start. The caller wipes it.
  ///
  /// - Throws: ``Problem``, as ``contents(limit:)`` does.
  func text(limit: Int) throws(Problem) -> [UInt8] {
    var bytes = try contents(limit: limit)
    if bytes.starts(with: LineReader.byteOrderMark) { bytes.removeFirst(LineReader.byteOrderMark.count) }
    return bytes
  }

  /// The whole file.
  ///
  /// - Throws: ``Problem`` if it is longer than `limit`, grows meanwhile, or cannot be read.
  func contents(limit: Int) throws(Problem) -> [UInt8] {
    guard byteCount <= limit else { throw Problem(.error, path: path, "is longer than \(limit) bytes") }
    var bytes = [UInt8](repeating: 0, count: byteCount + 1)
    var filled = 0
    do throws(InputFileError) {
      while filled < bytes.count {
        let count = try read(into: &bytes, from: filled)
        guard count > 0 else {
          bytes.removeSubrange(filled...)
          return bytes
        }
        filled += count
      }
    } catch {
      throw error.problem(path: path)
    }
    throw Problem(.error, path: path, "changed while it was read")
  }
}

extension InputFileError {
  /// What is wrong with the file `path`, in words for whoever looks after devices.d.
  func problem(path: String) -> Problem {
    let message =
      switch self {
      case .system(let error): "cannot be read: \(error)"
      case .notRegular: "is a directory, a pipe, a socket or a device: only regular files are read"
      case .leadsOutside(let place): "is a link out of the directory, to \(place): only links within it are followed"
      }
    return Problem(.error, path: path, message)
  }
}
