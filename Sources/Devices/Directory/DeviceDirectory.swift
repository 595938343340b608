import Platform

/// devices.d: the directory that says which devices exist.
///
/// Blocks while it reads or writes; safe to use from any thread, and beside other processes that write through it.
public struct DeviceDirectory: Sendable {
  /// The directory.
  public let path: String
  /// What is let in.
  public let options: Options

  /// What devices.d may be like.
  public struct Options: Sendable {
    /// Whether files that other users can read are let in.
    public var allowsReadableByOthers = false
    /// The longest `NAME.yaml`, in bytes; a longer one is refused.
    public var maximumFileBytes = 64 << 10
    /// The longest `NAME.psk`, in bytes; a longer one is refused. At most 4 GiB.
    public var maximumBundleBytes = 1 << 30
    /// How many devices there may be; the files that would bring more are refused. At most a billion.
    public var maximumDevices = 5_000_000
    /// Where the master keys come from that keys are sealed under.
    public var masterKeys = MasterKeySource.none
    /// How many errors, and how many warnings, are told apart for one bundle; the rest is counted.
    public var maximumProblemsPerBundle = 100

    /// The options that are safe to run.
    public init() {}
  }

  /// What was read: the devices, and what is wrong, sorted.
  public typealias Contents = (table: DeviceTable, problems: [Problem])

  /// Names a directory; nothing is read yet.
  public init(path: String, options: Options = Options()) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    self.options = options
  }

  /// Reads every file, on all cores; one bad file never stops the others.
  ///
  /// `last` is the table in use: a device whose file cannot be used now keeps its record in it, and an identity that is
  /// defined twice stays with its holder in it.
  /// - Throws: ``DevicesError`` if the directory itself cannot be read, or the master key cannot, or is another's.
  public func load(keeping last: DeviceTable = .empty) throws(DevicesError) -> Contents {
    try read(try options.masterKeys.load(), keeping: last).contents
  }

  /// Reads every file, as ``load(keeping:)`` does.
  ///
  /// - Returns: what it says, how its keys are written, and the versions of the master keys at hand.
  /// - Throws: ``DevicesError``.
  public func examine() throws(DevicesError) -> (contents: Contents, tally: SealTally, [MasterKeyVersion]) {
    let keys = try options.masterKeys.load()
    let (contents, tally) = try read(keys)
    return (contents, tally, keys.versions)
  }

  /// Reads every file with these master keys.
  func read(
    _ keys: MasterKeys, keeping last: DeviceTable = .empty
  ) throws(DevicesError) -> (contents: Contents, tally: SealTally) {
    let directory: Directory
    let names: [String]
    do throws(SystemError) {
      directory = try Directory(path: path)
      names = try directory.names()
    } catch {
      throw .system(error)
    }
    return try DirectoryReader(directory, options, keys, keeping: last).load(names)
  }
}
