import Devices
import FoundationEssentials
import Model
import NIOConcurrencyHelpers

/// Which devices have moved to their new keys, for all event loops: what devices.d does not show yet.
///
/// A rotation that is finished here is finished in every table that is made from then on (``adjust(_:)``), until the
/// device's file shows it, or shows something else.
final class RotationDesk: Sendable {
  /// One rotation that a device has finished.
  struct Finished: Sendable {
    let fingerprint: RotationFingerprint
    let at: Date
    var stage = Stage.new
    /// When devices.d showed it.
    var settledAt: Date?
  }

  /// How far it has come.
  enum Stage {
    /// devices.d is to be told.
    case new
    /// It did not take it.
    case unwritten
    /// It did not take it, and is to be told again.
    case again
    /// It says so itself, or something else by now; what was read of it before may not.
    case settled
  }

  /// Which of two keys under one identity to try.
  let trials = KeyTrials()
  /// A sign for each time that there is something new.
  let news: AsyncStream<Void>
  private let signal: AsyncStream<Void>.Continuation
  private let state: NIOLockedValueBox<[DeviceID: Finished]>

  /// How long what was settled is kept, in seconds: longer than anything that was read before is in use.
  private static let memory: TimeInterval = 600

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

  /// A device as its file was read, without the old key that it no longer needs; nil if it is as it should be.
  func adjust(_ device: Device) -> Device? {
    let isFinished = state.withLockedValue { state -> Bool in
      guard let finished = state[device.id] else { return false }
      if RotationFingerprint(of: device) == finished.fingerprint { return true }
      // The file says something else by now.
      switch finished.stage {
      case .settled: state[device.id] = nil
      case .unwritten:
        state[device.id]?.stage = .again
        signal.yield()
      case .new, .again: break
      }
      return false
    }
    if !isFinished { return nil }
    return device.rotated
  }

  /// Has those that devices.d did not take tried again, and forgets those that it has shown for long.
  func retry() {
    state.withLockedValue { state in
      for (id, finished) in state {
        switch finished.stage {
        case .unwritten: state[id]?.stage = .again
        case .settled where (finished.settledAt ?? finished.at) < .now - Self.memory: state[id] = nil
        case .new, .again, .settled: break
        }
      }
    }
    signal.yield()
  }

  /// All that were finished and are not forgotten.
  var all: [DeviceID: Finished] { state.withLockedValue { $0 } }

  /// Takes note of what became of some rotations in devices.d.
  func settle(_ rotations: [DeviceID: RotationFingerprint], _ outcomes: [DeviceID: DeviceDirectory.FinishedRotation]) {
    state.withLockedValue { state in
      // What a device has finished meanwhile is another rotation.
      for (id, fingerprint) in rotations where state[id]?.fingerprint == fingerprint {
        switch outcomes[id] {
        case .written, .gone:
          state[id]?.stage = .settled
          state[id]?.settledAt = .now
        case .failed, nil: state[id]?.stage = .unwritten
        }
      }
    }
  }
}
