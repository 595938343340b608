import Devices
import Model
import NIOPosix
import ServiceLifecycle
import Storage

/// Finishes rotations: the old key of a device that has moved goes from the tables at once, and from devices.d soon. What
/// cannot be written there is kept in the state directory.
struct RotationService: Service {
  private let desk: RotationDesk
  private let reloading: Reloading
  private let directory: DeviceDirectory
  private let journal: FinishedRotations
  private let log: GatewayLog

  init(
    _ desk: RotationDesk, _ reloading: Reloading, _ directory: DeviceDirectory, _ journal: FinishedRotations,
    _ log: GatewayLog
  ) {
    self.desk = desk
    self.reloading = reloading
    self.directory = directory
    self.journal = journal
    self.log = log
  }

  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await followDesk() }
      group.addTask { await retryNowAndThen() }
      try await group.waitForAll()
    }
  }

  /// One that comes at the stop is not lost: with both keys in its file, the device finishes it again.
  private func followDesk() async throws {
    var journal = journal
    if journal.isDamaged { log.rotationJournalDamaged() }
    for await _ in desk.news.cancelOnGracefulShutdown() {
      let open = desk.all.filter { $0.value.stage == .new || $0.value.stage == .again }
      // The table comes first: the old keys are dead as soon as it is there.
      if !open.isEmpty { reloading.look(at: Set(open.keys.map { "\($0).yaml" })) }
      let last = journal
      // It waits for whoever edits the directory: not on an event loop, nor on a thread that others need.
      journal = try await NIOThreadPool.singleton.runIfActive { settle(open, last) }
    }
  }

  private func retryNowAndThen() async {
    await cancelWhenGracefulShutdown {
      // Cancelled: the next start tries.
      do {
        while true {
          try await Task.sleep(for: Self.patience)
          desk.retry()
        }
      } catch {}
    }
  }

  private func settle(_ open: [DeviceID: RotationDesk.Finished], _ journal: FinishedRotations) -> FinishedRotations {
    let rotations = open.mapValues(\.fingerprint)
    let outcomes = directory.finish(rotations)
    desk.settle(rotations, outcomes)
    let errors = outcomes.compactMap { id, outcome in
      if case .failed(let error) = outcome, open[id]?.stage == .new { error } else { nil }
    }
    if let first = errors.first { log.rotationsUnwritten(errors.count, first) }
    return record(in: journal)
  }

  private func record(in journal: FinishedRotations) -> FinishedRotations {
    var journal = journal
    let left = desk.all.filter { $0.value.stage == .unwritten || $0.value.stage == .again }
    do {
      try journal.replace(
        with: left.mapValues { FinishedRotations.Entry(fingerprint: $0.fingerprint.text, finishedAt: $0.at) })
    } catch {
      log.rotationJournalFailed(error)
    }
    return journal
  }

  /// How often devices.d is asked again for what it did not take.
  private static let patience = Duration.seconds(300)
}

extension RotationDesk {
  /// Begins with what an earlier run could not write.
  convenience init(_ journal: FinishedRotations) {
    self.init(
      Dictionary(
        uniqueKeysWithValues: journal.entries.compactMap { id, entry in
          RotationFingerprint(entry.fingerprint).map { (id, Finished(fingerprint: $0, at: entry.finishedAt)) }
        }))
  }
}
