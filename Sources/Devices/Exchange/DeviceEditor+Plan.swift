import Model
import Platform

extension DeviceDirectory {
  /// What ``DeviceEditor/plan(_:as:on:)`` says, without the lock: for a look at a directory that may not be written.
  ///
  /// - Throws: ``DevicesError`` if the directory cannot be read.
  public func plan(
    _ list: DeviceList, as shape: ImportPlan.Shape, on conflict: ImportPlan.ConflictRule
  ) throws(DevicesError) -> ImportPlan {
    let keys = try options.masterKeys.load()
    let (contents, tally) = try read(keys)
    do throws(SystemError) {
      let directory = try Directory(path: path)
      let editor = DeviceEditor(directory, options, KeySealer(keys), table: contents.table, tally)
      return editor.plan(list, as: shape, on: conflict)
    } catch {
      throw .system(error)
    }
  }
}

extension DeviceEditor {
  /// Works out what it takes to import `list`; nothing is written.
  public func plan(
    _ list: DeviceList, as shape: ImportPlan.Shape, on conflict: ImportPlan.ConflictRule
  ) -> ImportPlan {
    var plan = ImportPlan(shape: shape, isOfLines: list.format.isLines)
    var log = ProblemLog(limit: options.maximumProblemsPerBundle)
    for problem in list.problems { log.add(problem) }
    for device in list.devices {
      do throws(Problem) {
        try add(device, to: &plan, isLine: list.format.isLines, conflict)
      } catch {
        log.add(error)
      }
    }
    plan.problems = log.sorted()
    return plan
  }

  private func add(
    _ device: Device, to plan: inout ImportPlan, isLine: Bool, _ conflict: ImportPlan.ConflictRule
  ) throws(Problem) {
    let source = self.source(of: device)
    let existing = self.device(device.id)
    let wanted = Self.wanted(device, existing, isLine: isLine)
    if let existing, existing.reads(as: wanted) {
      plan.unchanged += 1
      return
    }
    if let clash = clash(wanted, existing, conflict) {
      guard conflict == .skip else { throw Problem(.error, path: source.path, line: source.line, clash) }
      plan.skipped.append(device.id)
      return
    }
    if let reason = reason(against: wanted, existing, plan.shape, isLine: isLine) {
      throw Problem(.error, path: source.path, line: source.line, reason)
    }
    if existing == nil { plan.added.append(wanted) } else { plan.replaced.append(wanted) }
  }

  /// What is in the way of a device that is not there as it should be.
  private func clash(_ wanted: Device, _ existing: Device?, _ conflict: ImportPlan.ConflictRule) -> String? {
    if let existing, conflict != .replace {
      return "device '\(existing.id)' is there already, and otherwise (\(source(of: existing))): "
        + "--replace makes it as it is here, --skip-existing leaves it"
    }
    do throws(DevicesError) {
      try checkIdentities(wanted)
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// Why a device cannot be written in this shape.
  private func reason(
    against device: Device, _ existing: Device?, _ shape: ImportPlan.Shape, isLine: Bool
  ) -> String? {
    switch shape {
    case .files: reasonAgainstFile(device, existing)
    case .bundle(let name): reasonAgainstLine(device, existing, inBundle: name, isLine: isLine)
    }
  }

  private func reasonAgainstFile(_ device: Device, _ existing: Device?) -> String? {
    let isOwn = existing.map { $0.source?.kind != .bundle } ?? false
    if !isOwn, directory.version(of: device.id.name + DeviceFile.suffix) != nil {
      return "\(path(of: device.id)) is there already, though it cannot be used: mend or remove it first"
    }
    do throws(DevicesError) {
      var text = try self.text(of: device)
      wipe(&text)
      return nil
    } catch {
      if case .unusable(let problem) = error { return problem.message }
      return "\(error)"
    }
  }

  private func reasonAgainstLine(
    _ device: Device, _ existing: Device?, inBundle name: String, isLine: Bool
  ) -> String? {
    let file = "\(directory.path)/\(name)\(Bundle.suffix)"
    if let existing, source(of: existing).path != file {
      return "device '\(existing.id)' is in \(source(of: existing).path): --as files replaces it there"
    }
    if !isLine, !isMereLine(device) {
      return "device '\(device.id)' is more than an identity and its key, which is all a bundle holds: use --as files"
    }
    do throws(DevicesError) {
      var text = try BundleText.text(of: [device.credential], sealer)
      wipe(&text)
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// Whether nothing is lost of a device that becomes a line of a bundle.
  private func isMereLine(_ device: Device) -> Bool {
    guard let id = try? DeviceID(bundleIdentity: device.identity.span), id == device.id else { return false }
    return device.reads(as: Device(id: id, identity: device.identity, key: device.key))
  }

  private static func wanted(_ device: Device, _ existing: Device?, isLine: Bool) -> Device {
    guard isLine, var existing else { return device }
    existing.credential = device.credential
    return existing
  }
}
