public import Model
public import Platform

/// What becomes of a device before it counts; nil leaves it as it is. For what is known of a device and could not be written
/// into its file. Its id must stay.
public typealias DeviceAdjustment = @Sendable (Device) -> Device?

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
  /// What did not change since `last` was read is taken from it.
  ///
  /// - Parameters:
  ///   - last: the table in use: a device whose file cannot be used now keeps its record in it, and an identity that is
  ///     defined twice stays with its holder in it.
  ///   - adjustment: what devices with a file of their own become before they count.
  /// - Returns: the devices, and what is wrong, sorted.
  /// - Throws: ``DevicesError`` if the directory itself cannot be read, or the master key cannot, or is another's.
  public func load(
    keeping last: DeviceTable = .empty, adjusting adjustment: DeviceAdjustment? = nil
  ) throws(DevicesError) -> Contents {
    try read(try options.masterKeys.load(), keeping: last, adjusting: adjustment).contents
  }

  /// Reads every file, as ``load(keeping:adjusting:)`` does.
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
    _ keys: MasterKeys, keeping last: DeviceTable = .empty, adjusting adjustment: DeviceAdjustment? = nil
  ) throws(DevicesError) -> (contents: Contents, tally: SealTally) {
    let names = try changedNames(since: last, isThorough: true)
    let table = try update(names, in: last, keys, adjustment).table
    let tally = table.parts.files.tally
    guard keys.isEmpty || !tally.isAllMissing else {
      throw .wrongMasterKey(directory: path, given: keys.versions, wanted: tally.missing.keys.sorted())
    }
    return ((table, table.problems), tally)
  }

  /// Looks at every file, without reading any.
  ///
  /// - Parameters:
  ///   - last: the table in use.
  ///   - isThorough: whether files that could not be used count as changed: their reason may have gone.
  /// - Returns: the names of files that came, changed or went since `last` was read.
  /// - Throws: ``DevicesError/system(_:)`` if the directory itself cannot be read.
  public func changedNames(since last: DeviceTable, isThorough: Bool) throws(DevicesError) -> Set<String> {
    do throws(SystemError) {
      let reader = DirectoryReader(try Directory(path: path), options, .none, keeping: last)
      return Set(try reader.changedNames(isThorough: isThorough))
    } catch {
      throw .system(error)
    }
  }

  /// Reads the files of these names, on all cores, where they came or changed, and leaves out those that are gone.
  ///
  /// Costs the same whatever the number of other files, as long as no others claim the same identities and ids.
  ///
  /// - Parameters:
  ///   - names: names of files in the directory; those that mean nothing are passed over.
  ///   - last: the table in use, as with ``load(keeping:adjusting:)``.
  ///   - adjustment: as with ``load(keeping:adjusting:)``; for these files it counts even if they did not change.
  /// - Returns: the table, and the devices that may not be what they were; nil: any.
  /// - Throws: ``DevicesError`` if the directory itself cannot be read, or the master key cannot.
  public func update(
    _ names: Set<String>, in last: DeviceTable, adjusting adjustment: DeviceAdjustment? = nil
  ) throws(DevicesError) -> (table: DeviceTable, touched: Set<DeviceID>?) {
    try update(names, in: last, try options.masterKeys.load(), adjustment)
  }

  private func update(
    _ names: Set<String>, in last: DeviceTable, _ keys: MasterKeys, _ adjustment: DeviceAdjustment?
  ) throws(DevicesError) -> (table: DeviceTable, touched: Set<DeviceID>?) {
    do throws(SystemError) {
      let reader = DirectoryReader(try Directory(path: path), options, keys, keeping: last)
      let change = TableChange(
        directory: path, adjustment: adjustment, maximumDevices: min(options.maximumDevices, 1_000_000_000),
        directoryLog: reader.directoryLog)
      return change.apply(reader.read(names.sorted()), to: last)
    } catch {
      throw .system(error)
    }
  }

  /// Looks at the file `name` without reading it; nil if it is not there or cannot be looked at.
  public func look(at name: String) -> FileVersion? {
    do throws(SystemError) {
      return try Directory(path: path).look(at: name)?.version
    } catch {
      // Whoever reads it will say why.
      return nil
    }
  }

  /// Whether a file of this name can say something of devices.
  public static func isDeviceFile(_ name: String) -> Bool {
    !name.hasPrefix(".") && (name.hasSuffix(DeviceFile.suffix) || name.hasSuffix(Bundle.suffix))
  }
}
