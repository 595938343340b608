import FoundationEssentials
import Platform

/// What is wrong with the files of devices.d and the state directory, from outside.
struct FileFindings {
  /// What was found.
  private(set) var all: [Finding] = []
  private let directory: Directory
  private let owner: UInt32

  /// Looks at the directory of devices.
  ///
  /// - Throws: `SystemError` if it cannot be read.
  init(devices path: String) throws(SystemError) {
    directory = try Directory(path: path)
    let own = try directory.ownAttributes()
    owner = own.owner
    if own.mode & 0o002 != 0 {
      all.append(
        Finding(
          "directory_writable", .error, path: path, "others can add devices (mode \(Self.octal(own.mode)))",
          command: "chmod o-w \(shellWord(path))"))
    }
    for name in try directory.names() { look(at: name) }
  }

  /// Looks at the state directory, if there is one.
  mutating func look(atState path: String) {
    // Without one, no gateway has run here.
    guard let state = try? Directory(path: path), state.mode & 0o077 != 0 else { return }
    all.append(
      Finding(
        "state_open", .warning, path: path,
        "others can look at messages and at who connects (mode \(Self.octal(state.mode)))",
        command: "chmod 700 \(shellWord(path))"))
  }

  private mutating func look(at name: String) {
    // One that is gone by now needs nothing.
    guard let status = try? directory.attributes(of: name), status.isRegular else { return }
    let path = "\(directory.path)/\(name)"
    let word = shellWord(path)
    if name.hasPrefix(AtomicFile.temporaryPrefix) {
      lookAtTemporary(path, status)
    } else if name.hasSuffix(".yaml") || name.hasSuffix(".psk"), !name.hasPrefix(".") {
      if status.mode & 0o007 != 0 {
        all.append(
          Finding(
            "file_open", .error, path: path, "others can read or write it (mode \(Self.octal(status.mode)))",
            command: "chmod 600 \(word)"))
      }
      if status.owner != owner {
        all.append(
          Finding(
            "file_owner", .warning, path: path, "its owner is not the directory's, so the gateway may not read it",
            command: "chown --reference=\(shellWord(directory.path)) \(word)"))
      }
    } else if name.hasSuffix(".yml"), !name.hasPrefix(".") {
      all.append(
        Finding(
          "file_ignored", .warning, path: path, "is not read: a device's file ends in .yaml",
          command: "mv -n \(word) \(shellWord(path.dropLast(4) + ".yaml"))"))
    }
  }

  /// What a writer that was killed left: a minute is longer than any writes.
  private mutating func lookAtTemporary(_ path: String, _ status: FileAttributes) {
    guard Date.now.timeIntervalSince1970 - Double(status.modifiedAt) > 60 else { return }
    all.append(
      Finding(
        "temporary_file", .warning, path: path, "was left by a command that was killed, and may hold a key",
        command: "rm -f \(shellWord(path))"))
  }

  private static func octal(_ mode: UInt32) -> String { "0" + String(mode, radix: 8) }
}
