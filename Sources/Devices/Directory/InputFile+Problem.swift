import Platform

extension InputFile {
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
