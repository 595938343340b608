import Devices
import Model

/// What is wrong with the contents of devices.d as a whole: what cannot be read, and keys in clear.
struct DirectoryFindings {
  /// What was found.
  private(set) var all: [Finding] = []
  private let common: CommonOptions

  init(
    _ problems: [Problem], _ tally: SealTally, given versions: [MasterKeyVersion], except openFiles: Set<String>,
    _ common: CommonOptions
  ) {
    self.common = common
    let path = common.directory.path
    // What concerns the directory stands below, and what is wrong with a file's mode was said.
    for problem in problems where problem.severity == .error && problem.path != path {
      if openFiles.contains(problem.path) || (!tally.missing.isEmpty && problem.isAboutMissingMasterKey) { continue }
      all.append(
        Finding(
          "unusable", .error, path: problem.path, line: problem.line, problem.message,
          command: "${EDITOR:-vi} +\(problem.line) \(shellWord(problem.path))"))
    }
    for (version, number) in tally.missing.sorted(by: { $0.key < $1.key }) {
      all.append(
        Finding(
          "master_key_missing", .error, path: path,
          "\(count(number, "key")) cannot be read without master key \(version): name its file with --master-key-file FILE",
          command: nil))
    }
    lookAtClearKeys(tally, versions, path)
    lookAtOldVersions(tally, versions, path)
  }

  private mutating func lookAtClearKeys(_ tally: SealTally, _ versions: [MasterKeyVersion], _ path: String) {
    guard tally.clear > 0 else { return }
    guard versions.isEmpty else {
      all.append(
        Finding(
          "clear_keys", .warning, path: path, "\(count(tally.clear, "key")) in clear, though there is a master key",
          command: common.gwctl("encrypt-keys", "--all")))
      return
    }
    // Keys of another master key are here: a second one would only add to the confusion.
    guard tally.missing.isEmpty else { return }
    let file = Self.parent(of: path) + "/master.key"
    let make = "gwctl make-master-key \(shellWord(file))"
    all.append(
      Finding(
        "clear_keys", .warning, path: path,
        "\(count(tally.clear, "key")) in clear: only the files' mode protects them, and nothing does in a backup. The gateway "
          + "has to be told of the master key (devices.master_key_file) first",
        command: "\(make) && \(common.gwctl("encrypt-keys", "--all", "--master-key-file", file))"))
  }

  private mutating func lookAtOldVersions(_ tally: SealTally, _ versions: [MasterKeyVersion], _ path: String) {
    let old = tally.opened.filter { $0.key != versions.first }.values.reduce(0, +)
    guard old > 0, let current = versions.first else { return }
    all.append(
      Finding(
        "old_master_key", .warning, path: path, "\(count(old, "key")) under an older master key than \(current)",
        command: common.gwctl("encrypt-keys", "--all")))
  }

  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "" : String(path[..<slash])
  }
}

extension Problem {
  /// Whether a key is sealed under a master key that is not at hand, which is told for all of them together.
  fileprivate var isAboutMissingMasterKey: Bool {
    message.hasSuffix("which is not given") || message.hasSuffix("no master key is given to open it")
  }
}
