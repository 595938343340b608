import CPlatform
import Glibc

/// A regular file that is open for reading, and what was true of it when it was opened.
public struct InputFile: ~Copyable {
  private let descriptor: CInt
  /// Its path, for messages.
  public let path: String
  /// How long it is.
  public let byteCount: Int
  /// Its permission bits.
  public let mode: UInt32
  /// Which file it is, and in which state.
  public let version: FileVersion

  /// Opens `path`, following links: for files that the user names.
  ///
  /// Never waits, as opening a pipe would.
  /// - Throws: ``InputFileError``.
  public init(path: String) throws(InputFileError) {
    self.path = path
    let flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC
    (descriptor, byteCount, mode, version) = try Self.inspect(unsafe open(path, flags), path)
  }

  /// Opens the file `name` of `directory`. A link is followed if it ends inside the directory.
  ///
  /// Never waits, as opening a pipe would.
  /// - Throws: ``InputFileError``.
  public init(_ name: String, in directory: Directory) throws(InputFileError) {
    path = "\(directory.path)/\(name)"
    let flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC
    var opened = unsafe openat(directory.descriptor, name, flags | O_NOFOLLOW)
    if opened < 0, errno == ELOOP { opened = try Self.follow(name, in: directory, path) }
    (descriptor, byteCount, mode, version) = try Self.inspect(opened, path)
  }

  deinit { close(descriptor) }

  /// Reads on, at most into `buffer[start...]`.
  ///
  /// - Returns: how many bytes were read; 0 at the end.
  /// - Throws: ``InputFileError``.
  public func read(into buffer: inout [UInt8], from start: Int) throws(InputFileError) -> Int {
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
        return unsafe Glibc.read(descriptor, rest.baseAddress, rest.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .system(SystemError("read \(path)")) }
      return count
    }
  }

  /// Takes over `descriptor`, the result of an open(2), if a regular file is behind it.
  private static func inspect(
    _ descriptor: CInt, _ path: String
  ) throws(InputFileError) -> (descriptor: CInt, byteCount: Int, mode: UInt32, version: FileVersion) {
    guard descriptor >= 0 else {
      // ENXIO: a socket cannot be opened at all.
      throw errno == ENXIO ? .notRegular : .system(SystemError("open \(path)"))
    }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      let error = SystemError("look at \(path)")
      close(descriptor)
      throw .system(error)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .notRegular
    }
    return (descriptor, Int(status.st_size), status.st_mode & 0o7777, FileVersion(status))
  }

  /// Opens what the link `name` leads to. What was found is looked at first (O_PATH) and then opened itself, so that
  /// nobody can put another link in between.
  private static func follow(_ name: String, in directory: Directory, _ path: String) throws(InputFileError) -> CInt {
    let target = unsafe openat(directory.descriptor, name, gw_open_path | O_CLOEXEC)
    guard target >= 0 else { throw .system(SystemError("follow \(path)")) }
    defer { close(target) }
    let inside = try location(of: directory.descriptor, path) + "/"
    let found = try location(of: target, path)
    guard found.utf8.starts(with: inside.utf8) else { throw .leadsOutside(to: found) }
    var status = stat()
    guard unsafe fstat(target, &status) == 0 else { throw .system(SystemError("look at \(path)")) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
    return unsafe open("/proc/self/fd/\(target)", O_RDONLY | O_NONBLOCK | O_CLOEXEC)
  }

  /// Where the kernel says that an open file lies.
  private static func location(of descriptor: CInt, _ path: String) throws(InputFileError) -> String {
    var name = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink("/proc/self/fd/\(descriptor)", &name, name.count)
    guard count > 0 else { throw .system(SystemError("follow \(path)")) }
    return String(decoding: name[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// Why a file was not opened or read.
public enum InputFileError: Error, Equatable, Sendable {
  /// The system refused.
  case system(SystemError)
  /// It is a directory, a pipe, a socket or a device.
  case notRegular
  /// It is a link out of its directory, to this place.
  case leadsOutside(to: String)
}
