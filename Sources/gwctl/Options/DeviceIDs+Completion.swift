import ArgumentParser
import Devices
import FoundationEssentials
import Model

extension CompletionKind {
  /// The ids of the devices in the directory that the command line names.
  static var deviceID: CompletionKind {
    .custom { words, _, prefix in
      let path = directory(in: words) ?? CommonOptions.standardDirectory
      return DeviceDirectory(path: path).ids(startingWith: prefix, limit: 200).map(\.name)
    }
  }

  /// What stands behind the last `--devices`.
  private static func directory(in words: [String]) -> String? {
    var directory: String?
    for (index, word) in words.enumerated() {
      if word == "--devices", index + 1 < words.count { directory = words[index + 1] }
      if word.hasPrefix("--devices=") { directory = String(word.dropFirst("--devices=".count)) }
    }
    // The words come as they were typed.
    return directory.map { $0.hasPrefix("~/") ? home + $0.dropFirst() : $0.filter { !#"'"\"#.contains($0) } }
  }

  private static var home: String { ProcessInfo.processInfo.environment["HOME"] ?? "" }
}
