import Glibc
public import Model
import Platform

extension DeviceDirectory {
  /// What became of a rotation that was to be finished.
  public enum FinishedRotation: Sendable {
    /// The device's file has the new credential alone.
    case written
    /// There is nothing to finish: the file has no such rotation any more. Whoever changed it has the last word.
    case gone
    /// It cannot be written now.
    case failed(DevicesError)
  }

  /// Retires the old credentials of devices that have used the new ones, each if its file still has this very rotation.
  ///
  /// It reads these devices' files alone, and takes the lock only if there is something to write.
  public func finish(_ rotations: [DeviceID: RotationFingerprint]) -> [DeviceID: FinishedRotation] {
    var outcomes: [DeviceID: FinishedRotation] = [:]
    do throws(DevicesError) {
      let sealer = KeySealer(try options.masterKeys.load())
      let reader = DeviceEditor(try open(), options, sealer, table: .empty, SealTally())
      for (id, fingerprint) in rotations where !reader.mayHave(fingerprint, id) { outcomes[id] = .gone }
      guard outcomes.count < rotations.count else { return outcomes }
      try edit(knowing: { _ in (.empty, SealTally()) }) { editor in
        for (id, fingerprint) in rotations where outcomes[id] == nil { outcomes[id] = editor.finish(fingerprint, id) }
      }
    } catch {
      for id in rotations.keys where outcomes[id] == nil { outcomes[id] = .failed(error) }
    }
    return outcomes
  }

  private func open() throws(DevicesError) -> Directory {
    do throws(SystemError) {
      return try Directory(path: path)
    } catch {
      throw .system(error)
    }
  }
}

extension DevicesError {
  /// Whether the directory or a file of it must not be written by this process.
  public var isAboutPermission: Bool {
    guard case .system(let error) = self else { return false }
    return [EROFS, EACCES, EPERM].contains(error.code)
  }
}

extension DeviceEditor {
  /// Whether a device's file has this rotation; true also where it cannot be read now.
  fileprivate func mayHave(_ fingerprint: RotationFingerprint, _ id: DeviceID) -> Bool {
    do throws(DevicesError) {
      var (device, text, _) = try current(id)
      wipe(&text)
      return RotationFingerprint(of: device) == fingerprint
    } catch {
      return error != .unknownDevice(id)
    }
  }

  fileprivate mutating func finish(
    _ fingerprint: RotationFingerprint, _ id: DeviceID
  ) -> DeviceDirectory.FinishedRotation {
    do throws(DevicesError) {
      let written = try replaceCredentials(of: id) { _, device in
        RotationFingerprint(of: device) == fingerprint ? device.rotated : nil
      }
      return written == nil ? .gone : .written
    } catch {
      return error == .unknownDevice(id) ? .gone : .failed(error)
    }
  }
}
