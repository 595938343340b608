import CPlatform
import Glibc

/// Hears of what happens in a directory (inotify(7)), and of the directory being replaced by another.
///
/// File systems over a network say nothing of what others do: look at the directory itself now and then as well.
public final class DirectoryWatch: Sendable {
  /// What to poll: it is readable when there are events.
  public let descriptor: CInt
  private let path: String
  private let directory: CInt
  private let parent: CInt
  private let name: String
  private let identity: DirectoryIdentity

  /// Watches the directory `path`, and its place in the directory above where that may be read.
  ///
  /// - Throws: ``SystemError``; with ENOSPC if this user watches too much already (fs.inotify.max_user_watches).
  public init(path: String) throws(SystemError) {
    // It is not held open: then the system would not tell of its end.
    identity = try Directory(path: path).identity
    self.path = path
    descriptor = inotify_init1(CInt(IN_CLOEXEC | IN_NONBLOCK))
    guard descriptor >= 0 else { throw SystemError("watch \(path)") }
    directory = unsafe inotify_add_watch(descriptor, path, Self.inside)
    guard directory >= 0 else {
      let error = SystemError("watch \(path)")
      close(descriptor)
      throw error
    }
    let slash = path.lastIndex(of: "/")
    name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    let above = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    // Without it, a directory that is replaced is found out by whoever looks now and then.
    parent = unsafe inotify_add_watch(descriptor, above, Self.above)
  }

  deinit { close(descriptor) }

  /// Whether the path still leads to the directory that is watched: what is mounted over it makes no event.
  public var isStillThere: Bool { identity == (try? Directory(path: path).identity) }

  /// What happened since the last call, in order; empty if nothing did. Never waits.
  public func events() -> [DirectoryEvent] {
    var events: [DirectoryEvent] = []
    var buffer = [UInt8](repeating: 0, count: Self.bufferCount)
    while true {
      let count = unsafe read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return events }
      events += DirectoryEvent.all(
        in: buffer.span.extracting(..<count), directory: directory, parent: parent, name: name)
    }
  }

  private static let bufferCount = 64 << 10
  private static let inside = UInt32(
    IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_MODIFY | IN_CLOSE_WRITE | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF
      | IN_MOVE_SELF)
  private static let above = UInt32(IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE)
}

/// Which directory it is, whatever leads to it.
private struct DirectoryIdentity: Equatable {
  let device: UInt64
  let inode: UInt64
}

extension Directory {
  fileprivate var identity: DirectoryIdentity {
    get throws(SystemError) {
      let status = try status()
      return DirectoryIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }
  }
}
