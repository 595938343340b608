import Platform

/// What was found in one file of devices.d.
struct FileReading: Sendable {
  /// What counts: what the file says, or what it said when it could last be used.
  enum Contents: Sendable {
    case device(DeviceRecord)
    case bundle(Bundle)

    /// How many devices.
    var count: Int {
      switch self {
      case .device: 1
      case .bundle(let bundle): bundle.entries.count
      }
    }
  }

  /// The state in which it was read; nil if it has to be read again whenever somebody looks.
  var version: FileVersion?
  /// Whether its name is a link, so that it changes without an event of its own.
  var isLink = false
  /// Nil where it never said anything.
  var contents: Contents?
  /// What is wrong with it.
  var log: ProblemLog
  /// How its keys are written.
  var tally = SealTally()

  /// Whether it could not be used as it is.
  var isBroken: Bool { log.hasErrors }
}
