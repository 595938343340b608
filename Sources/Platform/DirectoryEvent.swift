import CPlatform

/// What happened in a directory that is watched.
public enum DirectoryEvent: Sendable, Equatable {
  /// The file `name` is whole: it was closed by its writer, or renamed into the directory.
  case written(String)
  /// The file `name` is there, perhaps without its bytes, or has other permissions.
  case appeared(String)
  /// The file `name` is being written.
  case growing(String)
  /// The file `name` is gone.
  case gone(String)
  /// The directory itself has other permissions.
  case attributes
  /// Events were lost: anything may have happened.
  case lost
  /// The directory may be another one: it, or what leads to it, was moved, removed or replaced.
  case moved
}

extension DirectoryEvent {
  /// What inotify(7) says in `bytes`, which are whole events.
  ///
  /// - Parameters:
  ///   - bytes: what read(2) gave.
  ///   - directory: the watch on the directory.
  ///   - parent: the watch on the one that it lies in, whose other entries don't matter.
  ///   - name: the directory's name there.
  /// - Returns: what happened, in order.
  static func all(in bytes: Span<UInt8>, directory: CInt, parent: CInt, name: String) -> [DirectoryEvent] {
    var events: [DirectoryEvent] = []
    var start = 0
    while bytes.count - start >= headerCount {
      let watch = CInt(bitPattern: bytes.word(at: start))
      let mask = bytes.word(at: start + 4)
      let end = start + headerCount + Int(bytes.word(at: start + 12))
      guard end <= bytes.count else { return events + [.lost] }
      let entry = text(bytes.extracting(start + headerCount..<end))
      if mask & UInt32(IN_Q_OVERFLOW) != 0 {
        events.append(.lost)
      } else if watch == directory {
        if let event = event(mask, entry) { events.append(event) }
      } else if watch == parent, entry == name {
        events.append(.moved)
      }
      start = end
    }
    return events
  }

  private static func event(_ mask: UInt32, _ name: String) -> DirectoryEvent? {
    if mask & UInt32(IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED) != 0 { return .moved }
    if name.isEmpty { return mask & UInt32(IN_ATTRIB) != 0 ? .attributes : nil }
    if mask & UInt32(IN_CLOSE_WRITE | IN_MOVED_TO) != 0 { return .written(name) }
    if mask & UInt32(IN_DELETE | IN_MOVED_FROM) != 0 { return .gone(name) }
    if mask & UInt32(IN_MODIFY) != 0 { return .growing(name) }
    return mask & UInt32(IN_CREATE | IN_ATTRIB) != 0 ? .appeared(name) : nil
  }

  /// Up to the first NUL: names are padded with them.
  private static func text(_ bytes: Span<UInt8>) -> String {
    var name: [UInt8] = []
    for index in bytes.indices {
      guard bytes[index] != 0 else { break }
      name.append(bytes[index])
    }
    return String(decoding: name, as: UTF8.self)
  }

  /// `struct inotify_event` without its name: four 32-bit numbers.
  private static let headerCount = 16
}

extension Span<UInt8> {
  /// The 32-bit number at `start`, as this machine writes it.
  fileprivate func word(at start: Int) -> UInt32 {
    var little: UInt32 = 0
    for index in (start..<start + 4).reversed() { little = little << 8 | UInt32(self[index]) }
    return UInt32(littleEndian: little)
  }
}
