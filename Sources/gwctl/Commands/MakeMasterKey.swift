import ArgumentParser
import Devices
import FoundationEssentials

/// Makes a master key.
struct MakeMasterKey: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "make-master-key",
    abstract: "Make a file with a new master key, for 'encrypt-keys'.",
    discussion: """
      The file has mode 0600 and holds 64 hex digits. The gateway is told of it with devices.master_key_file. Keep a copy \
      of it elsewhere, and not beside copies of devices.d.

      --add exchanges a master key: the new one comes first and the old ones still open what they encrypted, until \
      'encrypt-keys --all' has been run and their lines can go.

      With --json: file, version.

      Example:
        gwctl make-master-key /etc/gateway/master.key
      """)

  @Argument(help: "The file to make.", completion: .file())
  var file: String

  @Flag(help: "Put the new master key above those in the file.")
  var add = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let made = Date.now.formatted(.iso8601)
    let version = try add ? MasterKeyFile.add(to: file, made: made) : create(made)
    if common.json {
      try printJSON(MadeMasterKey(file: file, version: "\(version)"))
    } else {
      remark("Made master key \(version) in \(file). Keep a copy of the file elsewhere. To encrypt all keys under it:")
      print(
        "gwctl encrypt-keys --all --devices \(shellWord(common.directory.path)) --master-key-file \(shellWord(file))"
      )
    }
  }

  private func create(_ made: String) throws -> MasterKeyVersion {
    do throws(DevicesError) {
      return try MasterKeyFile.create(at: file, made: made)
    } catch .fileExists {
      throw Failure.masterKeyExists(path: file)
    }
  }
}

/// The JSON of a master key that was made.
private struct MadeMasterKey: Encodable {
  let file: String
  let version: String
}
