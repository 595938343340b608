import Devices
import Foundation
import TestSupport

/// Master keys for tests.
enum Masters {
  static let first = "1f8a42d7093c6eb5a1f04d9928c7356be05d713a9cf2480b67de15a3c492f80e"
  static let second = "73c51e90ab2fd864117e3bc8f05a962d4ce8b1073f95da6208b7e4d169fc203a"
}

/// Runs `body` with a devices.d that has these files and a file of `masters`, the first of which seals.
func withSealing<Result>(
  _ files: [String: String] = [:], under masters: [String] = [Masters.first],
  _ body: (DeviceDirectory) async throws -> Result
) async throws -> Result {
  try await withTemporaryDirectory { place in
    try write(masters.joined(separator: "\n") + "\n", to: "\(place)/master.key")
    var options = DeviceDirectory.Options()
    options.masterKeys = .file(path: "\(place)/master.key")
    return try await withDevices(files, options: options, body)
  }
}

extension DeviceDirectory {
  /// The same directory with other master keys; none: without.
  func under(_ masters: [String]) throws -> DeviceDirectory {
    var options = DeviceDirectory.Options()
    if case .file(let path) = self.options.masterKeys, !masters.isEmpty {
      try write(masters.joined(separator: "\n"), to: path)
      options.masterKeys = .file(path: path)
    }
    return DeviceDirectory(path: path, options: options)
  }

  /// The text of one of its files.
  func text(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }

  /// The sealed keys in one of its files.
  func sealedKeys(_ name: String) throws -> [String] {
    try text(name).matches(of: /enc:[0-9a-z:]+/).map { String($0.0) }
  }
}
