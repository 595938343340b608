import Devices
import FoundationEssentials
import NIOConcurrencyHelpers
import ServiceLifecycle
import Storage

/// Keeps the chronicle going: it takes notes as they come, and writes once a second what must survive.
struct ChronicleService: Service {
  /// How long notes gather before they are taken: what a watcher waits, and what a storm saves.
  private static let gathering = Duration.milliseconds(50)
  private static let betweenWrites = Duration.seconds(1)
  /// How many of these pass before a sign of life is written though nothing has happened.
  private static let writesBetweenSigns = 10

  private let chronicle: Chronicle
  private let trays: NoteTrays
  private let floor: SessionFloor
  private let saving: Saving
  private let rates: Rates

  init(_ chronicle: Chronicle, _ trays: NoteTrays, _ floor: SessionFloor, _ saving: Saving, _ rates: Rates) {
    self.chronicle = chronicle
    self.trays = trays
    self.floor = floor
    self.saving = saving
    self.rates = rates
  }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await withDiscardingTaskGroup { group in
        group.addTask { await takeNotes() }
        group.addTask { await save() }
      }
    }
    // The devices have gone by now: what they left is the last.
    await chronicle.takeNotes(floor.table)
    await saving.save(await chronicle.takeUnsaved())
  }

  private func takeNotes() async {
    for await _ in trays.bell.rings {
      await chronicle.takeNotes(floor.table)
      // Cancelled: the stream ends as well.
      do { try await Task.sleep(for: Self.gathering) } catch {}
    }
  }

  private func save() async {
    var writes = 0
    while !Task.isCancelled {
      // Cancelled: what is left is written at the very end.
      do { try await Task.sleep(for: Self.betweenWrites) } catch { return }
      rates.sample()
      await chronicle.tellLost()
      let entries = await chronicle.takeUnsaved()
      writes += 1
      guard !entries.isEmpty || writes.isMultiple(of: Self.writesBetweenSigns) else { continue }
      await saving.save(entries)
    }
  }
}

/// Writes to the store, which may wait for a disk: nobody else waits with it.
actor Saving {
  private var store: LastSeenStore
  private let log: GatewayLog
  private var hasFailed = false

  init(_ store: LastSeenStore, _ log: GatewayLog) {
    self.store = store
    self.log = log
  }

  /// Writes `entries`, and that the gateway lives. A disk that is full must not keep devices from being served.
  func save(_ entries: [LastSeen]) {
    do {
      try store.record(entries)
      hasFailed = false
    } catch {
      // Once, not every second.
      if !hasFailed { log.lastSeenFailed(error) }
      hasFailed = true
    }
  }
}
