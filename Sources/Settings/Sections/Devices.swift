extension GatewayConfiguration {
  /// Where the device records are.
  public struct Devices: Sendable, Equatable {
    /// The directory with a file for each device.
    public var directory = "./devices.d"
    /// Whether a device file that other users of the machine can read is used all the same; if not, it is refused and
    /// reported.
    public var allowReadableByOthers = false
    /// The file with the master keys that keys are sealed under; nil: keys are in clear, unless the environment has some.
    public var masterKeyFile: String?
    /// The largest `NAME.yaml`, in bytes; a larger one is refused and reported.
    public var maximumFile = 64 << 10
    /// The largest `NAME.psk`, in bytes; a larger one is refused and reported.
    public var maximumBundle = 1 << 30
    /// How often every file is looked at, for file systems that tell nothing of changes.
    public var sweepInterval = Duration.seconds(60)

    /// The defaults.
    public init() {}
  }
}
