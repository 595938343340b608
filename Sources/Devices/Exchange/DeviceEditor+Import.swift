import Model
import Platform

extension DeviceEditor {
  /// Writes what `plan` says: all of it, or on failure nothing.
  ///
  /// A bundle is replaced in one step. Files are all on disk before the first gets its name; a process that is killed
  /// between the names leaves some of them, and the same import again adds the others.
  /// - Throws: ``DevicesError``.
  public mutating func carryOut(_ plan: ImportPlan) throws(DevicesError) {
    guard !plan.isEmpty else { return }
    var written = plan.added + plan.replaced
    switch plan.shape {
    case .files: written = try Retry.whileChanged { () throws(DevicesError) in try writeFiles(plan) }
    case .bundle(let name): try writeLines(plan, Self.file(ofBundle: name))
    }
    for device in written { note(device.id, device) }
  }

  /// - Returns: the devices as they were written.
  private func writeFiles(_ plan: ImportPlan) throws(DevicesError) -> [Device] {
    var files: [(Device, FileBatch.Expectation)] = plan.added.map { ($0, .nothing) }
    var entries: Set<DeviceID> = []
    for device in plan.replaced {
      if self.device(device.id)?.source?.kind == .bundle {
        entries.insert(device.id)
        files.append((device, .nothing))
      } else {
        files.append(try replacement(device, plan))
      }
    }
    var remainders = entries.isEmpty ? [] : try self.remainders(without: entries)
    defer { for index in remainders.indices { wipe(&remainders[index].text) } }
    try move(files, remainders)
    return files.map(\.0)
  }

  /// What replaces a device's file as it is now: the plan was made from what the file said before.
  private func replacement(
    _ wanted: Device, _ plan: ImportPlan
  ) throws(DevicesError) -> (Device, FileBatch.Expectation) {
    var (device, text, version) = try current(wanted.id)
    wipe(&text)
    if plan.isOfLines {
      device.credential = wanted.credential
      return (device, .version(version))
    }
    // A record says everything, so what somebody has written meanwhile would be lost.
    guard self.device(wanted.id)?.reads(as: device) == true else {
      throw .changedMeanwhile(path: path(of: wanted.id))
    }
    return (wanted, .version(version))
  }

  private func writeLines(_ plan: ImportPlan, _ file: String) throws(DevicesError) {
    let version = directory.version(of: file)
    try requireMasterKey()
    var lines = try BundleText.text(of: (plan.replaced + plan.added).map(\.credential), sealer)
    defer { wipe(&lines) }
    guard let version else { return try write(lines, to: file, expecting: .nothing) }
    var text = try rest(of: file, without: Set(plan.replaced.map(\.id)), roomFor: lines.count)
    defer { wipe(&text) }
    text += lines
    try write(text, to: file, expecting: .version(version))
  }

  /// The lines of a bundle that stay, with room for more behind them.
  private func rest(of file: String, without ids: Set<DeviceID>, roomFor more: Int) throws(DevicesError) -> [UInt8] {
    do throws(Problem) {
      let file = try open(file)
      var rest: [UInt8] = []
      rest.reserveCapacity(file.byteCount + 1 + more)
      try LineReader.read(file, limit: options.maximumBundleBytes) { line, _ in
        guard ids.isEmpty || !BundleText.has(anyOf: ids, line) else { return }
        for index in line.indices { rest.append(line[index]) }
        rest.append(UInt8(ascii: "\n"))
      }
      return rest
    } catch {
      throw .unusable(error)
    }
  }
}
