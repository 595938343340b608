import Devices
import Glibc
import Platform

extension Failure {
  /// The line that tells of `error`: what was wrong, and where the error does not say it itself, what to do.
  static func line(for error: any Error) -> String {
    guard let error = error as? DevicesError, let advice = advice(for: error) else { return "\(error)" }
    return "\(error): \(advice)"
  }

  private static func advice(for error: DevicesError) -> String? {
    switch error {
    case .system(let cause) where cause.code == ENOENT || cause.code == ENOTDIR:
      "make the directory (mkdir -m 700), or name another with --devices"
    case .system(let cause) where cause.code == EACCES || cause.code == EPERM:
      "run this as the directory's owner, or as root"
    case .deviceExists(let id, _): "choose another id, or 'gwctl remove-device \(id)' first"
    case .identityTaken: "choose another with --identity"
    case .rotationUnderWay(let id, _, _):
      "'gwctl show-device \(id) --reveal-key' shows the new key again, 'gwctl rotation finish \(id)' retires the old one, "
        + "'gwctl rotation cancel \(id)' gives the new one up, 'gwctl rotate-key \(id) --now' replaces both"
    case .notRotating: "'gwctl rotation status' shows those that do"
    case .identityInUse: "choose another with --identity, or give --same-identity if the firmware cannot change it"
    case .keyInUse: "choose another"
    case .noMasterKey: "name its file with --master-key-file, or make one: gwctl make-master-key FILE"
    case .wrongMasterKey: "name the right file with --master-key-file; while keys are exchanged, one with both"
    case .system, .unknownDevice, .fileExists, .changedMeanwhile, .unusable, .invalidCredential, .unlistable,
      .invalidAddressRange, .invalidBundleName,
      .masterKeyUnusable:
      nil
    }
  }
}
