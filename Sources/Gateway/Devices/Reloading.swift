import Control
import Devices
import Model
import ServiceLifecycle
import Synchronization
import UnixSignals

/// Reads devices.d again and hands the new table to every event loop; a failed reload keeps what was running.
actor Reloading {
  private let directory: DeviceDirectory
  private let floor: SessionFloor
  private let rotations: RotationDesk
  private let log: GatewayLog

  init(directory: DeviceDirectory, floor: SessionFloor, rotations: RotationDesk, log: GatewayLog) {
    self.directory = directory
    self.floor = floor
    self.rotations = rotations
    self.log = log
  }

  /// - Throws: `DevicesError` if the directory cannot be read.
  func reload() throws -> ReloadReport {
    let before = floor.table
    do {
      let contents = try rotations.reading { try directory.load(keeping: before) }
      floor.replace(contents.table)
      log.devicesLoaded(contents)
      return ReloadReport(from: before, to: contents.table, problems: contents.problems)
    } catch {
      log.reloadFailed(error)
      throw error
    }
  }

  /// Devices have used the keys that these rotations bring: their old ones are dead, and connections with them closed.
  func retireOldKeys(_ rotations: [DeviceID: RotationFingerprint]) {
    floor.replace(floor.table.finishing(rotations))
  }
}

/// SIGHUP reads devices.d again.
struct ReloadOnHangup: Service {
  private let reloading: Reloading

  init(_ reloading: Reloading) { self.reloading = reloading }

  func run() async throws {
    for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
      // It has been logged, and what was running goes on.
      do { _ = try await reloading.reload() } catch {}
    }
  }
}

extension ReloadReport {
  init(from before: DeviceTable, to after: DeviceTable, problems: [Problem]) {
    var added = 0
    var changed = 0
    for device in after {
      guard let old = before.device(device.id) else {
        added += 1
        continue
      }
      if !old.isSame(as: device) { changed += 1 }
    }
    let removed = before.count - (after.count - added)
    self.init(
      devices: after.count, added: added, changed: changed, removed: removed, problems: problems.map(\.description))
  }
}

extension Device {
  /// Whether a reload changed nothing that matters to a connection.
  fileprivate func isSame(as other: Device) -> Bool {
    identity == other.identity && key.isEqual(to: other.key) && next?.identity == other.next?.identity
      && isEnabled == other.isEnabled && `protocol` == other.protocol && tls == other.tls && from == other.from
      && sessions == other.sessions && labels == other.labels && topics == other.topics && publish == other.publish
      && subscribe == other.subscribe && quota == other.quota && ack == other.ack && rotation == other.rotation
  }
}
