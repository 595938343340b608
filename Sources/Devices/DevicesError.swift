public import FoundationEssentials
public import Model
public import Platform

/// Why something could not be done with devices.d as a whole, or with one device of it.
public enum DevicesError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The system refused; says what was tried.
  case system(SystemError)
  /// No device has this id.
  case unknownDevice(DeviceID)
  /// The id is taken.
  case deviceExists(DeviceID, at: Source)
  /// The identity is another device's.
  case identityTaken(identity: String, by: DeviceID, at: Source)
  /// A file of this name is there, though no device could be read from it.
  case fileExists(path: String)
  /// Somebody else, an editor or a tool, changed the file again and again while it was to be changed.
  case changedMeanwhile(path: String)
  /// The device could not be read back from what would be written.
  case unusable(Problem)
  /// An identity and its key that cannot stand in a bundle.
  case invalidCredential(identity: String, reason: String)
  /// The device has a rotation under way, to this identity.
  case rotationUnderWay(DeviceID, to: String, since: Date?)
  /// The device has no rotation under way.
  case notRotating(DeviceID)
  /// The identity is the one that the device has, or is about to have.
  case identityInUse(DeviceID, identity: String)
  /// The key is the one that the device has, or is about to have.
  case keyInUse(DeviceID)
  /// A device that a list of this format cannot hold.
  case unlistable(DeviceID, reason: String)
  /// The text is no ``AddressRange``.
  case invalidAddressRange(String, reason: String)
  /// The text is no name of a bundle.
  case invalidBundleName(String)
  /// No master key can be taken from where it should be.
  case masterKeyUnusable(source: String, reason: String)
  /// The keys of the directory are sealed under other master keys than those that are given.
  case wrongMasterKey(directory: String, given: [MasterKeyVersion], wanted: [MasterKeyVersion])
  /// Something is to be sealed, or lie beside sealed keys, and no master key is given.
  case noMasterKey(directory: String)

  /// One line that says what was wrong and what is allowed.
  public var description: String {
    switch self {
    case .system(let error): error.description
    case .unknownDevice(let id): "there is no device '\(id)'"
    case .deviceExists(let id, let source): "device '\(id)' exists already (\(source))"
    case .identityTaken(let identity, let id, let source):
      "identity '\(identity)' is already that of device '\(id)' (\(source))"
    case .fileExists(let path): "\(path) exists already: mend or remove it first"
    case .changedMeanwhile(let path): "\(path) was changed by somebody else meanwhile: run the command again"
    case .unusable(let problem): problem.description
    case .invalidCredential(let identity, let reason): "identity '\(identity)' cannot stand in a bundle: \(reason)"
    case .rotationUnderWay(let id, let identity, let since):
      "device '\(id)' is being rotated already, to identity '\(identity)'"
        + (since.map { " since \($0.formatted(.iso8601))" } ?? "")
    case .notRotating(let id): "device '\(id)' has no rotation under way"
    case .identityInUse(let id, let identity):
      "device '\(id)' has identity '\(identity)' already, and an identity goes with exactly one key (BCP 243)"
    case .keyInUse(let id): "device '\(id)' has this key already"
    case .unlistable(let id, let reason): "device '\(id)' does not fit: \(reason); --format json holds everything"
    case .invalidAddressRange(let text, let reason): "'\(text)' is not an address range: \(reason)"
    case .invalidBundleName(let name):
      "'\(name)' is not a bundle's name: 1 to 64 of A-Z a-z 0-9 . _ -, not starting with '.'"
    case .masterKeyUnusable(let source, let reason): "the master key cannot be used: \(source): \(reason)"
    case .wrongMasterKey(let directory, let given, let wanted):
      "the keys in \(directory) are encrypted under master key \(Self.list(wanted)), and given is \(Self.list(given))"
    case .noMasterKey(let directory): "no master key is given for the keys in \(directory)"
    }
  }

  private static func list(_ versions: [MasterKeyVersion]) -> String {
    versions.map(\.description).joined(separator: ", ")
  }
}
