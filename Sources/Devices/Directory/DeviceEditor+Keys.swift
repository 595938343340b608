public import Model
import Platform

extension DeviceEditor {
  /// Writes keys in another form: each file as a whole, or not at all. Comments stay.
  ///
  /// A file or line that cannot be used stays as it is and is among the problems.
  /// - Parameters:
  ///   - form: how the keys should be.
  ///   - ids: whose keys; nil: everybody's.
  /// - Returns: what was done.
  /// - Throws: ``DevicesError`` if there is no such device, no master key to seal under, or a file cannot be written.
  public func rewriteKeys(as form: KeyForm, of ids: Set<DeviceID>?) throws(DevicesError) -> KeyRewriting {
    guard form == .clear || !sealer.versions.isEmpty else { throw .noMasterKey(directory: directory.path) }
    for id in (ids ?? []).sorted() where device(id) == nil { throw .unknownDevice(id) }
    var report = KeyRewriting()
    for name in try names() {
      var found = report
      do throws(Problem) {
        if try rewrite(name, form, ids, &found) { found.files += 1 }
        report = found
      } catch {
        // Nothing was written, so nothing counts but what is wrong.
        report.problems = found.problems + [error]
      }
    }
    return report
  }

  private func rewrite(
    _ name: String, _ form: KeyForm, _ ids: Set<DeviceID>?, _ report: inout KeyRewriting
  ) throws(Problem) -> Bool {
    // Compared right before the writing: an editor does not wait for our lock.
    let version = directory.version(of: name)
    guard let version, var text = try rewritten(name, form, ids, &report) else { return false }
    defer { wipe(&text) }
    try write(rewritten: text, to: name, version)
    return true
  }

  private func names() throws(DevicesError) -> [String] {
    do throws(SystemError) {
      return try directory.names().filter { !$0.hasPrefix(".") }
    } catch {
      throw .system(error)
    }
  }

  private func write(rewritten text: [UInt8], to name: String, _ version: FileVersion) throws(Problem) {
    let path = "\(directory.path)/\(name)"
    let limit = name.hasSuffix(Bundle.suffix) ? options.maximumBundleBytes : options.maximumFileBytes
    guard text.count <= limit else {
      throw Problem(.error, path: path, "would be longer than \(limit) bytes: not written")
    }
    do throws(DevicesError) {
      try write(text, to: name, expecting: .version(version))
    } catch {
      if case .unusable(let problem) = error { throw problem }
      throw Problem(.error, path: path, "\(error)")
    }
  }

  private func rewritten(
    _ name: String, _ form: KeyForm, _ ids: Set<DeviceID>?, _ report: inout KeyRewriting
  ) throws(Problem) -> [UInt8]? {
    if name.hasSuffix(Bundle.suffix) { return try rewrittenBundle(name, form, ids, &report) }
    guard name.hasSuffix(DeviceFile.suffix) else { return nil }
    let path = "\(directory.path)/\(name)"
    guard let id = try? DeviceID(String(name.dropLast(DeviceFile.suffix.count))) else {
      throw Problem(.error, path: path, "its name is not a device's id")
    }
    guard ids?.contains(id) ?? true else { return nil }
    var bytes = try open(name).text(limit: options.maximumFileBytes)
    defer { wipe(&bytes) }
    return try DeviceFile.text(bytes, rewriting: form, id: id, path: path, sealer, &report)
  }

  private func rewrittenBundle(
    _ name: String, _ form: KeyForm, _ ids: Set<DeviceID>?, _ report: inout KeyRewriting
  ) throws(Problem) -> [UInt8]? {
    let file = try open(name)
    var (text, found, isChanged) = ([UInt8](), report, false)
    // The shortest line with a key has 35 bytes, and sealing adds 72; room that is not used costs nothing.
    text.reserveCapacity((form == .sealed ? 4 : 1) * file.byteCount + 1)
    try LineReader.read(file, limit: options.maximumBundleBytes) { line, number in
      do throws(KeyError) {
        if try BundleText.append(line, rewriting: form, ids, sealer, to: &text, &found) { isChanged = true }
      } catch {
        found.problems.append(Problem(.error, path: file.path, line: number, "the key \(error)"))
        text += line.array
      }
      text.append(UInt8(ascii: "\n"))
    }
    report = found
    if isChanged { return text }
    wipe(&text)
    return nil
  }
}

extension BundleText {
  /// Appends `line` to `text`, with its key in another form if it has one and it is a wanted device's.
  ///
  /// - Returns: whether it is another line now.
  /// - Throws: ``KeyError``; nothing is appended then.
  fileprivate static func append(
    _ line: Span<UInt8>, rewriting form: KeyForm, _ ids: Set<DeviceID>?, _ sealer: KeySealer, to text: inout [UInt8],
    _ report: inout KeyRewriting
  ) throws(KeyError) -> Bool {
    guard let parts = BundleLine(line), let range = parts.key, isWanted(line.extracting(parts.identity), ids),
      var key = try sealer.rewrite(
        line.extracting(range), as: form, of: line.extracting(parts.identity).array, acceptingWeak: false, &report)
    else {
      for index in line.indices { text.append(line[index]) }
      return false
    }
    for index in 0..<range.lowerBound { text.append(line[index]) }
    text += key
    wipe(&key)
    for index in range.upperBound..<line.count { text.append(line[index]) }
    return true
  }

  private static func isWanted(_ identity: Span<UInt8>, _ ids: Set<DeviceID>?) -> Bool {
    guard let ids else { return true }
    // Only an empty identity has no id.
    return (try? DeviceID(bundleIdentity: identity)).map(ids.contains) ?? false
  }
}
