import Glibc
public import Model
import Platform

/// Where the master keys come from. They are read anew for each reading of devices.d, so that a key that is exchanged needs
/// no restart, and so that a master key from a file is in memory no longer than that.
public enum MasterKeySource: Sendable {
  /// Nowhere: keys are written in clear.
  case none
  /// A file that only its owner can read.
  case file(path: String)
  /// A file that systemd hands to the service (systemd.exec(5), LoadCredential=).
  case credential(path: String)
  /// The same under its usual name; if it is not there, there is no master key.
  case standardCredential(path: String)
  /// What the variable ``variableName`` held.
  case variable(SecretBytes)

  /// The environment variable that may hold the master keys.
  public static let variableName = "GATEWAY_MASTER_KEY"
  /// The name of systemd's credential.
  public static let credentialName = "master-key"

  /// The value of the variable, taken when it is first asked for: later the environment has it no more, nor have children.
  private static let taken: SecretBytes? = SecretVariable.take(variableName).map { SecretBytes($0) }

  /// Takes ``variableName`` out of the environment, before it is read as a whole.
  public static func takeVariable() { _ = taken }

  /// What is given: `file`, else ``variableName``, else the credential in `$CREDENTIALS_DIRECTORY`.
  public static func find(file: String?, environment: [String: String]) -> MasterKeySource {
    let credentials = environment["CREDENTIALS_DIRECTORY"].flatMap { $0.isEmpty ? nil : $0 }
    if let file {
      let isCredential = credentials.map { file.hasPrefix($0 + "/") } ?? false
      return isCredential ? .credential(path: file) : .file(path: file)
    }
    if let taken { return .variable(taken) }
    return credentials.map { .standardCredential(path: "\($0)/\(credentialName)") } ?? .none
  }

  /// The master keys.
  ///
  /// - Throws: ``DevicesError/masterKeyUnusable(source:reason:)``.
  public func load() throws(DevicesError) -> MasterKeys {
    switch self {
    case .none: return .none
    case .file(let path): return try Self.read(path, forbidden: 0o077, isOptional: false)
    // The file is root's, with an entry for the service's user in its access list, which shows as the group's bits.
    case .credential(let path): return try Self.read(path, forbidden: 0o027, isOptional: false)
    case .standardCredential(let path): return try Self.read(path, forbidden: 0o027, isOptional: true)
    case .variable(let text):
      return try text.withBytes { text throws(DevicesError) in try MasterKeys(text, from: "$" + Self.variableName) }
    }
  }

  private static func read(_ path: String, forbidden: UInt32, isOptional: Bool) throws(DevicesError) -> MasterKeys {
    if isOptional, !exists(path) { return .none }
    let file = try open(path)
    guard file.mode & forbidden == 0 else {
      let mode = "0\(String(file.mode, radix: 8))"
      throw .masterKeyUnusable(source: path, reason: "others may read or write it (mode \(mode)): chmod 600 it")
    }
    var bytes = try contents(of: file)
    defer { wipe(&bytes) }
    return try MasterKeys(bytes.span, from: path)
  }

  private static func exists(_ path: String) -> Bool {
    do throws(InputFileError) {
      _ = try InputFile(path: path)
    } catch {
      if case .system(let cause) = error { return cause.code != ENOENT }
    }
    return true
  }

  /// Opens a file of master keys.
  static func open(_ path: String) throws(DevicesError) -> InputFile {
    do throws(InputFileError) {
      return try InputFile(path: path)
    } catch {
      throw .masterKeyUnusable(source: path, reason: error.problem(path: path).message)
    }
  }

  /// The whole file.
  static func contents(of file: borrowing InputFile) throws(DevicesError) -> [UInt8] {
    do throws(Problem) {
      return try file.contents(limit: longestFile)
    } catch {
      throw .masterKeyUnusable(source: file.path, reason: error.message)
    }
  }

  private static let longestFile = 64 << 10
}
