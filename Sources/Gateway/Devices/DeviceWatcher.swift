import Control
import Devices
import FoundationEssentials
import Platform

/// Keeps the table of devices up to devices.d, on a thread of its own: what changed is read there, and the next table
/// handed to every event loop.
///
/// Events say what changed; where the file system has none, a look at all files now and then finds it.
final class DeviceWatcher {
  private let directory: DeviceDirectory
  /// What devices become before they count.
  private let adjustment: DeviceAdjustment?
  private let floor: SessionFloor
  private let trays: NoteTrays
  private let log: GatewayLog
  private let orders: DeviceOrders
  private let sweepInterval: Duration
  private var watch: DirectoryWatch?
  private var pending = PendingFiles()
  private var problems: ProblemNews
  private var nextSweep = ContinuousClock.now
  /// How long events are gathered before the next table is made.
  private var pause = Duration.zero
  /// When the first table was made whose problems have not been told; nil: there is none.
  private var untoldSince: ContinuousClock.Instant?
  /// Tables that event loops may still hold: to free one takes longer than they have.
  private var former: [DeviceTable] = []
  /// Whether it has been told that the directory cannot be read or watched.
  private var isInTrouble = false

  init(
    _ directory: DeviceDirectory, _ adjustment: DeviceAdjustment?, _ floor: SessionFloor, _ orders: DeviceOrders,
    sweepInterval: Duration, told problems: [Problem], _ trays: NoteTrays, _ log: GatewayLog
  ) {
    self.trays = trays
    self.directory = directory
    self.adjustment = adjustment
    self.floor = floor
    self.orders = orders
    self.sweepInterval = sweepInterval
    self.problems = ProblemNews(told: problems)
    self.log = log
  }

  /// Watches until it is told to stop.
  func run() {
    open()
    while true {
      wait()
      let waiting = orders.take()
      guard !waiting.isStopping else { return waiting.reloads.forEach { $0.resume(throwing: GatewayError.stopping) } }
      if pending.takeMove() || watch?.isStillThere != true { open() }
      if !waiting.reloads.isEmpty { reload(waiting.reloads) }
      pending.add(waiting.names)
      refresh()
    }
  }
}

/// Waiting.
extension DeviceWatcher {
  /// Waits until there is something to do, and a little longer when there was just before: many changes at once become few
  /// tables.
  private func wait() {
    if pause > .zero { SystemThread.pause(pause) }
    hear()
    guard pending.isEmpty else { return lengthenPause() }
    pause = .zero
    if untoldSince != nil { poll(until: .now + Self.quiet) }
    if pending.isEmpty || untoldSince.map({ $0 + Self.longestSilence < .now }) == true { settle() }
    guard pending.isEmpty else { return lengthenPause() }
    poll(until: min(nextSweep, pending.nextDeadline ?? nextSweep))
    if nextSweep <= .now { pending.addEverything() }
  }

  private func lengthenPause() { pause = min(max(.milliseconds(1), pause * 2), Self.longestPause) }

  private func poll(until end: ContinuousClock.Instant) {
    var poll = Poll()
    poll.watch(orders.descriptor)
    if let watch { poll.watch(watch.descriptor) }
    poll.wait(max(.zero, end - .now))
    hear()
  }

  private func hear() {
    guard let watch else { return }
    pending.add(watch.events(), now: .now)
  }

  /// Does what can wait until nothing happens.
  private func settle() {
    guard untoldSince != nil else { return }
    untoldSince = nil
    former = []
    let (new, mended) = problems.update(floor.table.problems)
    log.problems(new)
    mended.forEach(log.mended)
  }

  private static let longestPause = Duration.milliseconds(50)
  private static let quiet = Duration.milliseconds(100)
  private static let longestSilence = Duration.seconds(5)
}

/// Reading.
extension DeviceWatcher {
  /// Looks at what may have changed.
  private func refresh() {
    let table = floor.table
    var names = pending.take(links: table.links, now: .now) { directory.look(at: $0)?.isEmpty == true }
    let isEverything = pending.takeEverything()
    do throws(DevicesError) {
      if isEverything {
        nextSweep = .now + (watch == nil ? min(sweepInterval, Self.retryInterval) : sweepInterval)
        names.formUnion(try changedNames(since: table))
      }
      names.subtract(pending.growing.keys)
      guard !names.isEmpty else { return isEverything ? recovered() : () }
      let (next, touched) = try directory.update(names, in: table, adjusting: adjustment)
      hear()
      guard names.isDisjoint(with: pending.growing.keys) else {
        // Somebody writes what was just read: again, without what is not whole.
        return pending.add(names.subtracting(pending.growing.keys))
      }
      replace(table, by: next, DeviceChanges(from: table, to: next, touched: touched))
      if isEverything { recovered() }
    } catch {
      complain("\(error)")
      // What could not be read now is found again by looking at everything.
      nextSweep = .now + Self.retryInterval
    }
  }

  /// The files that changed, but those that somebody may be writing: no event will tell when they are whole.
  private func changedNames(since table: DeviceTable) throws(DevicesError) -> Set<String> {
    let names = try directory.changedNames(since: table, isThorough: false)
    let young = names.filter { name in
      directory.look(at: name).map { $0.age >= .zero && $0.age < Self.writingTime } ?? false
    }
    if !young.isEmpty { nextSweep = min(nextSweep, .now + Self.writingTime) }
    return names.subtracting(young)
  }

  /// Looks at everything because somebody asked for it, and tells all that is wrong.
  private func reload(_ waiting: [DeviceOrders.Reload]) {
    do throws(DevicesError) {
      let table = floor.table
      let (next, problems) = try directory.load(keeping: table, adjusting: adjustment)
      let changes = DeviceChanges(from: table, to: next)
      replace(table, by: next, changes)
      _ = self.problems.update(problems)
      log.devicesLoaded(next, problems)
      let report = ReloadReport(changes, of: next, problems)
      waiting.forEach { $0.resume(returning: report) }
    } catch {
      log.reloadFailed(error)
      waiting.forEach { $0.resume(throwing: error) }
    }
  }

  private func replace(_ table: DeviceTable, by next: DeviceTable, _ changes: DeviceChanges) {
    former.append(table)
    untoldSince = untoldSince ?? .now
    floor.replace(next, changes.devices)
    guard !changes.isEmpty else { return }
    log.devicesChanged(changes, total: next.count)
    trays.others.put(.devicesChanged(changes, total: next.count, at: .now))
  }

  private static let retryInterval = Duration.seconds(1)
  private static let writingTime = Duration.seconds(1)
}

/// The directory itself.
extension DeviceWatcher {
  /// Watches the directory that is there now, all of which has to be looked at.
  private func open() {
    pending.addEverything()
    do throws(SystemError) {
      watch = try DirectoryWatch(path: directory.path)
    } catch {
      watch = nil
      complain("\(error)")
    }
  }

  private func complain(_ reason: String) {
    guard !isInTrouble else { return }
    isInTrouble = true
    log.devicesUnwatched(directory.path, reason)
  }

  /// Everything could be looked at.
  private func recovered() {
    guard isInTrouble, watch != nil else { return }
    isInTrouble = false
    log.devicesWatched(directory.path)
  }
}

extension ReloadReport {
  fileprivate init(_ changes: DeviceChanges, of table: DeviceTable, _ problems: [Problem]) {
    self.init(
      devices: table.count, added: changes.added, changed: changes.changed, removed: changes.removed,
      problems: problems.map(\.description))
  }
}
