import Devices
import Model
import Platform

/// Why a command failed, beside what ``DevicesError`` and ``ControlError`` say.
enum Failure: Error, CustomStringConvertible {
  /// No device has this id; perhaps the other was meant.
  case unknownDevice(DeviceID, directory: String, near: DeviceID?)
  /// The device is there, but its file cannot be used.
  case unusableDevice(Problem)
  /// The file of the key cannot be read.
  case keyUnreadable(path: String, InputFileError)
  /// What is piped in cannot be read.
  case inputUnreadable(SystemError)
  /// The key that was given is none.
  case badKey(KeyError, source: String)
  /// A list would have to be typed where everybody sees its keys.
  case listFromTerminal
  /// Nothing of a list was taken; why has been printed.
  case notImported(errors: Int, isText: Bool)
  /// What is there would not be written to, but replaced.
  case notReplaceable(path: String)
  /// A key would have to be typed where everybody sees it.
  case keyFromTerminal
  /// The device has used its new key, and would be cut off without it.
  case hasMoved(DeviceID)
  /// These devices have not used their new keys.
  case notMoved([DeviceID])
  /// There is a file where a new master key should be.
  case masterKeyExists(path: String)
  /// The person at the terminal said no.
  case notConfirmed
  /// There are errors; they have been printed.
  case problems(errors: Int, warnings: Int)

  var description: String {
    switch self {
    case .unknownDevice(let id, let directory, let near):
      "there is no device '\(id)' in \(directory)"
        + (near.map { ": did you mean '\($0)'?" } ?? ": 'gwctl list-devices' shows those that there are")
    case .unusableDevice(let problem): problem.description
    case .keyUnreadable(_, .system(let error)): "the key cannot be read: \(error)"
    case .keyUnreadable(let path, _): "\(path) is no file: pipe the key in with --key-stdin"
    case .inputUnreadable(let error): "the key cannot be read: \(error)"
    case .badKey(let error, let source): "the key from \(source) \(error)"
    case .keyFromTerminal:
      "standard input is a terminal, which would show the key: pipe the key in, or use --key-file"
    case .hasMoved(let id):
      "nothing was changed: '\(id)' has moved, and would be cut off: run 'gwctl rotation finish \(id)'; --force gives the "
        + "new key up all the same"
    case .notMoved(let ids):
      "nothing was changed: \(ids.first.map { "'\($0)'" } ?? "")"
        + (ids.count > 1 ? " and \(ids.count - 1) more have" : " has")
        + " not connected with the new key, and would be cut off: --force retires the old one all the same"
    case .listFromTerminal:
      "standard input is a terminal, which would show the keys: pipe the list in, or name its file"
    case .notImported(let errors, let isText):
      "\(count(errors, "error")), and nothing was written: mend what stands above"
        + (isText ? " (keys that are no hex: --format stunnel, or emqx)" : "")
    case .notReplaceable(let path):
      "\(path) is no regular file: name another, or leave --output out and redirect standard output"
    case .masterKeyExists(let path):
      "\(path) is there already: choose another name, or put a new master key above those in it with --add"
    case .notConfirmed: "nothing was changed: answer 'y', or give --yes"
    case .problems(let errors, let warnings):
      "\(count(errors, "error")) and \(count(warnings, "warning")): mend what stands above"
    }
  }
}

/// `1 device`, `2 devices`.
func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
