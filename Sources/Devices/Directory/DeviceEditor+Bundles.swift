import Model
import Platform

/// The editor's work on bundles.
extension DeviceEditor {
  /// A bundle as it is now, without some of its lines.
  struct Remainder {
    let name: String
    let version: FileVersion
    /// The lines that stay. Whoever gets this wipes it.
    var text: [UInt8]
    /// The credentials of the lines that go, as far as they can be used.
    var taken: [Credential] = []
  }

  /// Takes every line with this id out of every bundle, even those that cannot be used.
  ///
  /// - Returns: whether there was one.
  /// - Throws: ``DevicesError``, once all other bundles are done, if a bundle cannot be read: the device may be in it.
  func takeOut(_ id: DeviceID) throws(DevicesError) -> Bool {
    var (found, failure) = (false, DevicesError?.none)
    for name in try bundleNames() {
      do throws(DevicesError) {
        if try Retry.whileChanged({ () throws(DevicesError) in try takeOut([id], of: name) }) { found = true }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return found
  }

  /// The bundles that have lines with these ids, without those lines. Bundles that cannot be read are left out: nothing
  /// of theirs is in force.
  func remainders(without ids: Set<DeviceID>) throws(DevicesError) -> [Remainder] {
    var remainders: [Remainder] = []
    for name in try bundleNames() {
      // What is wrong with it is told by whoever loads the directory.
      guard let remainder = try? self.remainder(of: name, without: ids) else { continue }
      remainders.append(remainder)
    }
    return remainders
  }

  /// The bundle `name` without the lines that have these ids; nil if it has none.
  func remainder(of name: String, without ids: Set<DeviceID>) throws(Problem) -> Remainder? {
    guard try contains(ids, name) else { return nil }
    let file = try open(name)
    var remainder = Remainder(name: name, version: file.version, text: [])
    // One more for a newline that the last line may lack.
    remainder.text.reserveCapacity(file.byteCount + 1)
    try LineReader.read(file, limit: options.maximumBundleBytes) { line, _ in
      if BundleText.has(anyOf: ids, line) {
        if let credential = BundleText.credential(line, sealer) { remainder.taken.append(credential) }
        return
      }
      for index in line.indices { remainder.text.append(line[index]) }
      remainder.text.append(UInt8(ascii: "\n"))
    }
    return remainder
  }

  private func takeOut(_ ids: Set<DeviceID>, of name: String) throws(DevicesError) -> Bool {
    var found: Remainder?
    do throws(Problem) {
      found = try remainder(of: name, without: ids)
    } catch {
      throw .unusable(error)
    }
    guard var remainder = found.take() else { return false }
    defer { wipe(&remainder.text) }
    try write(remainder.text, to: name, expecting: .version(remainder.version))
    return true
  }

  private func bundleNames() throws(DevicesError) -> [String] {
    do throws(SystemError) {
      return try directory.names().filter { $0.hasSuffix(Bundle.suffix) && !$0.hasPrefix(".") }
    } catch {
      throw .system(error)
    }
  }

  private func contains(_ ids: Set<DeviceID>, _ name: String) throws(Problem) -> Bool {
    var found = false
    try LineReader.read(open(name), limit: options.maximumBundleBytes) { line, _ in
      found = found || BundleText.has(anyOf: ids, line)
    }
    return found
  }
}

/// Trying again where somebody else changed a file between our reading and our writing.
enum Retry {
  /// Runs `body` until it does not find a file changed, five times at most.
  ///
  /// - Throws: what `body` throws.
  static func whileChanged<Result>(_ body: () throws(DevicesError) -> Result) throws(DevicesError) -> Result {
    for _ in 0..<4 {
      do throws(DevicesError) {
        return try body()
      } catch {
        guard case .changedMeanwhile = error else { throw error }
      }
    }
    return try body()
  }
}
