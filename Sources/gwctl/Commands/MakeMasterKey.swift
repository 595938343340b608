import ArgumentParser
import Devices
import FoundationEssentials
import Glibc
import Platform

/// Makes a master key.
struct MakeMasterKey: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "make-master-key",
    abstract: "Make a file with a new master key, for 'encrypt-keys'.",
    discussion: """
      The file has mode 0600 and holds 64 hex digits. The gateway is told of it with devices.master_key_file. Keep a copy \
      of it elsewhere, and not beside copies of devices.d.

      --add exchanges a master key: the new one comes first and the old ones still open what they encrypted, until \
      'encrypt-keys --all' has been run and their lines can go. The file keeps its owner, group and mode.

      With --json: file, version.

      Example:
        gwctl make-master-key /etc/gateway/master.key
      """)

  @Argument(help: "The file to make.", completion: .file())
  var file: String

  @Flag(help: "Put the new master key above those in the file.")
  var add = false

  @OptionGroup var common: CommonOptions

  func validate() throws { try checkIsFile(file) }

  func run() async throws {
    let made = Date.now.formatted(.iso8601)
    let version = try make(made)
    if common.json {
      try printJSON(MadeMasterKey(file: file, version: "\(version)"))
    } else {
      remark("Made master key \(version) in \(file). Keep a copy of the file elsewhere. To encrypt all keys under it:")
      try print(
        "gwctl encrypt-keys --all --devices \(shellWord(common.directory.path)) --master-key-file \(shellWord(file))"
      )
    }
  }

  private func make(_ made: String) throws -> MasterKeyVersion {
    do throws(DevicesError) {
      return try add ? MasterKeyFile.add(to: file, made: made) : MasterKeyFile.create(at: file, made: made)
    } catch {
      throw explained(error)
    }
  }

  private func explained(_ error: DevicesError) -> any Error {
    switch error {
    case .fileExists: Failure.masterKeyExists(path: file)
    // Nothing is wrong with devices.d.
    case .system(let cause) where cause.code == ENOENT || cause.code == ENOTDIR: cause
    default: error
    }
  }
}

/// The JSON of a master key that was made.
private struct MadeMasterKey: Encodable {
  let file: String
  let version: String
}
