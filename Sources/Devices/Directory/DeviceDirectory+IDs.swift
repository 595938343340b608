public import Model
import Platform

extension DeviceDirectory {
  /// The ids that start with `prefix`, at most so many, for whoever types one: of the files by their names and of bundles by
  /// their lines, whether they can be used or not. What cannot be read has none.
  ///
  /// Bundles are read up to 16 MiB, so that nobody waits.
  public func ids(startingWith prefix: String, limit: Int) -> [DeviceID] {
    // Nobody to tell: the command that is being typed will say what is wrong.
    guard let directory = try? Directory(path: path), let names = try? directory.names() else { return [] }
    var ids: [DeviceID] = []
    for name in names where name.hasSuffix(DeviceFile.suffix) && name.hasPrefix(prefix) && ids.count < limit {
      if let id = try? DeviceID(String(name.dropLast(DeviceFile.suffix.count))) { ids.append(id) }
    }
    for name in names where name.hasSuffix(Bundle.suffix) && !name.hasPrefix(".") && ids.count < limit {
      ids += Self.ids(in: name, of: directory, startingWith: prefix, limit: limit - ids.count)
    }
    return ids
  }

  private static func ids(
    in name: String, of directory: Directory, startingWith prefix: String, limit: Int
  ) -> [DeviceID] {
    var ids: [DeviceID] = []
    guard let file = try? InputFile(name, in: directory) else { return [] }
    // A longer bundle ends in an error; what was found before it counts.
    _ = try? LineReader.read(file, limit: 16 << 20) { line, _ in
      guard ids.count < limit, let parts = BundleLine(line),
        let id = try? DeviceID(bundleIdentity: line.extracting(parts.identity)), id.name.hasPrefix(prefix)
      else { return }
      ids.append(id)
    }
    return ids
  }
}
