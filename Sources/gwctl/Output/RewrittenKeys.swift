import Control
import Devices

/// What came of encrypting or decrypting keys.
struct RewrittenKeys: Encodable, Sendable {
  /// How many keys were in clear and are encrypted.
  let encrypted: Int
  /// How many keys were under another master key.
  let reencrypted: Int
  /// How many keys were encrypted and are in clear.
  let decrypted: Int
  /// How many keys are as they were.
  let unchanged: Int
  /// How many files were written.
  let files: Int
  /// What could not be used, and is as it was.
  let problems: [CheckReport.Problem]
  /// Whether the running gateway knows of it.
  let gateway: Uptake

  init(_ result: KeyRewriting, gateway: Uptake) {
    encrypted = result.sealed
    reencrypted = result.resealed
    decrypted = result.opened
    unchanged = result.unchanged
    files = result.files
    problems = result.problems.map { CheckReport.Problem($0) }
    self.gateway = gateway
  }

  /// Prints it.
  ///
  /// - Throws: ``Failure/problems(errors:warnings:)`` if there are any.
  func tell(asJSON: Bool) throws {
    if asJSON {
      try printJSON(self)
    } else {
      let counts = [
        (encrypted, "encrypted"), (reencrypted, "encrypted anew"), (decrypted, "decrypted"),
        (unchanged, "left as they were"),
      ]
      let words = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
      try print(
        "\(words.isEmpty ? "no keys" : "keys: " + words.joined(separator: ", ")); \(count(files, "file")) written")
      problems.forEach { remark($0.description) }
      gateway.tell()
      if case .taken(let report) = gateway, encrypted > 0, report.problems.contains(where: isAboutMasterKey) {
        warn(
          "the running gateway has not got the master key: it goes on with the keys it knows until it is restarted. Set "
            + "devices.master_key_file and restart it, or go back with 'gwctl decrypt-keys --all'")
      }
    }
    guard problems.isEmpty else { throw Failure.problems(errors: problems.count, warnings: 0) }
  }

  private func isAboutMasterKey(_ problem: String) -> Bool { problem.contains("master key") }
}
