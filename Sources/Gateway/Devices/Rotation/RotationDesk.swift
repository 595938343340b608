import Devices
import FoundationEssentials
import Model
import NIOConcurrencyHelpers

/// Which devices have moved to their new keys, for all event loops: what devices.d does not show yet.
///
/// A rotation that is finished here is finished in every table that is made from then on (``reading(_:)``), until the
/// directory shows it, or shows something else.
final class RotationDesk: Sendable {
  /// One rotation that a device has finished.
  struct Finished: Sendable {
    let fingerprint: RotationFingerprint
    let at: Date
    var stage = Stage.new
  }

  /// How far it has come.
  enum Stage {
    /// devices.d is to be told.
    case new
    /// It did not take it, and is told again when it has been read the next time.
    case unwritten
    /// It says so itself, or something else by now; what was read of it before may not.
    case settled
  }

  /// Which of two keys under one identity to try.
  let trials = KeyTrials()
  /// A sign for each time that there is something new.
  let news: AsyncStream<Void>
  private let signal: AsyncStream<Void>.Continuation
  private let state: NIOLockedValueBox<[DeviceID: Finished]>

  /// Begins with what an earlier run left.
  init(_ left: [DeviceID: Finished]) {
    (news, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    state = NIOLockedValueBox(left)
    signal.yield()
  }

  /// A device has connected: if with its new key, its old one is to go.
  ///
  /// - Returns: whether this finishes a rotation.
  func connected(_ admitted: Admitted) -> Bool {
    guard admitted.slot == .next else { return false }
    let fingerprint = RotationFingerprint(admitted.device.id, admitted.identity, admitted.key)
    let isNew = state.withLockedValue { state in
      guard state[admitted.device.id]?.fingerprint != fingerprint else { return false }
      state[admitted.device.id] = Finished(fingerprint: fingerprint, at: .now)
      return true
    }
    if isNew { signal.yield() }
    return isNew
  }

  /// What `load` reads, with the finished rotations finished in it.
  func reading(_ load: () throws -> DeviceDirectory.Contents) rethrows -> DeviceDirectory.Contents {
    let before = all.filter { $0.value.stage == .settled }.mapValues(\.fingerprint)
    var contents = try load()
    contents.table = contents.table.finishing(all.mapValues(\.fingerprint))
    state.withLockedValue { state in
      // What was settled before the reading began is in what was read.
      for (id, fingerprint) in before where state[id]?.fingerprint == fingerprint { state[id] = nil }
      for (id, finished) in state where finished.stage == .unwritten { state[id]?.stage = .new }
    }
    signal.yield()
    return contents
  }

  /// All that were finished and are not forgotten.
  var all: [DeviceID: Finished] { state.withLockedValue { $0 } }

  /// Takes note of what became of some rotations in devices.d.
  func settle(_ rotations: [DeviceID: RotationFingerprint], _ outcomes: [DeviceID: DeviceDirectory.FinishedRotation]) {
    state.withLockedValue { state in
      // What a device has finished meanwhile is another rotation.
      for (id, fingerprint) in rotations where state[id]?.fingerprint == fingerprint {
        switch outcomes[id] {
        case .written, .gone: state[id]?.stage = .settled
        case .failed, nil: state[id]?.stage = .unwritten
        }
      }
    }
  }
}
