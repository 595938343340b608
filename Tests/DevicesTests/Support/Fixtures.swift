import Devices
import Model
import TestSupport

/// Keys that differ from each other and raise no warning.
enum Keys {
  static let first = "6f2a91c4e85d0b37a14cfe0962d873b5"
  static let second = "c03e57a8d914f6b20e8b71d56c29fa43"
  static let third = "19b7e4406ad25c8ff37061ce9b85d23a"

  /// A random one, as hex.
  static func random(byteCount: Int = 32) -> String {
    String(decoding: PresharedKey.hexadecimal(PresharedKey.random(byteCount: byteCount)), as: UTF8.self)
  }
}

extension SecretBytes {
  /// The key as hex, to compare with what was written.
  var hex: String { String(decoding: PresharedKey.hexadecimal(self), as: UTF8.self) }
}

extension Device {
  /// A device that is fine, with a random key unless told.
  static func make(_ id: String, identity: String? = nil, key: String = Keys.random()) throws -> Device {
    Device(
      id: try DeviceID(id), identity: identity.map { Array($0.utf8) },
      key: try PresharedKey.parse(hexadecimal: Array(key.utf8).span))
  }
}

extension DeviceTable {
  /// The device that presents `identity`, with which credential.
  func credential(for identity: String) -> CredentialMatch? { credential(for: Array(identity.utf8).span) }

  /// The device with this id; nil also if the id cannot be one.
  func device(_ id: String) -> Device? { (try? DeviceID(id)).flatMap { device($0) } }

  /// The ids of all devices, sorted.
  var ids: [String] { map(\.id).sorted().map(\.name) }
}

/// Runs `body` with a devices.d that has these files (mode 0600), by name.
func withDevices<Result>(
  _ files: [String: String] = [:], options: DeviceDirectory.Options = .init(),
  _ body: (DeviceDirectory) async throws -> Result
) async throws -> Result {
  try await withTemporaryDirectory { path in
    for (name, text) in files { try write(text, to: "\(path)/\(name)") }
    return try await body(DeviceDirectory(path: path, options: options))
  }
}

extension DeviceDirectory {
  /// What is wrong in the directory: `name:line: severity: message`.
  func problems(keeping last: DeviceTable = .empty) throws -> [String] {
    try load(keeping: last).problems.map(short)
  }

  /// A problem with the directory's own path cut off.
  func short(_ problem: Problem) -> String { problem.description.replacing("\(path)/", with: "") }

  /// Writes a file of it.
  func put(_ text: String, _ name: String) throws { try write(text, to: "\(path)/\(name)") }
}

/// Writes bytes that need not be text (mode 0600).
func writeBytes(_ bytes: [UInt8], to path: String) throws {
  try write("", to: path)
  try write(bytes, to: path)
}
