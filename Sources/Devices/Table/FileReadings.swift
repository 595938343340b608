import HashTreeCollections

/// What was found in each file of devices.d, by name. A changed copy shares with the original whatever did not change.
struct FileReadings: Sendable {
  private(set) var all: TreeDictionary<String, FileReading> = [:]
  /// What is wrong, of the files with which something is.
  private(set) var logs: TreeDictionary<String, ProblemLog> = [:]
  /// The names that are links.
  private(set) var links: Set<String> = []
  /// How many devices the files name.
  private(set) var deviceCount = 0
  /// How the keys of all files are written.
  private(set) var tally = SealTally()

  /// What was found in the file `name`; nil: there is none.
  subscript(name: String) -> FileReading? {
    get { all[name] }
    set {
      deviceCount += (newValue?.contents?.count ?? 0) - (all[name]?.contents?.count ?? 0)
      if let old = all[name]?.tally { tally.subtract(old) }
      if let new = newValue?.tally { tally.add(new) }
      all[name] = newValue
      logs[name] = newValue.flatMap { $0.log.isEmpty ? nil : $0.log }
      if newValue?.isLink == true { links.insert(name) } else if !links.isEmpty { links.remove(name) }
    }
  }

  /// What the files say, sorted by their names.
  var sorted: [(name: String, contents: FileReading.Contents)] {
    all.compactMap { name, reading in reading.contents.map { (name, $0) } }
      .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }
}
