import Model

/// Devices as a file from elsewhere lists them.
public struct DeviceList: Sendable {
  /// The devices, with the line that each was read from.
  public var devices: [Device] = []
  /// What is wrong, sorted, and no more of it than can be read.
  public var problems: [Problem] = []
  /// How it was written.
  public let format: ListFormat

  /// Reads a list.
  ///
  /// - Parameters:
  ///   - path: the file; nil for standard input.
  ///   - format: how it is written.
  ///   - options: how much is taken, and the master keys for keys that are sealed.
  /// - Throws: ``DevicesError`` if it cannot be read at all.
  public init(
    path: String?, format: ListFormat, options: DeviceDirectory.Options = .init()
  ) throws(DevicesError) {
    let sealer = KeySealer(try options.masterKeys.load())
    do throws(Problem) {
      let text = try ListText.read(path, limit: options.maximumBundleBytes)
      self.init(text, path: path ?? "standard input", format: format, options, sealer)
    } catch {
      throw .unusable(error)
    }
  }

  private init(
    _ text: SecretBytes, path: String, format: ListFormat, _ options: DeviceDirectory.Options, _ sealer: KeySealer
  ) {
    self.format = format
    var log = ProblemLog(limit: options.maximumProblemsPerBundle)
    do throws(Problem) {
      devices = try text.withBytes { text throws(Problem) in
        switch format {
        case .psk, .stunnel, .emqx: KeyLines.read(text, path: path, format, sealer, &log)
        case .csv: try CSVRecords.read(text, path: path, sealer, &log)
        case .json: try JSONRecords.read(text, path: path, sealer, &log)
        }
      }
    } catch {
      log.add(error)
    }
    Self.findTwins(in: devices, &log)
    problems = log.sorted()
  }

  /// Reports what two devices of the list claim.
  private static func findTwins(in devices: [Device], _ log: inout ProblemLog) {
    var ids: [DeviceID: Int] = [:]
    var identities: [[UInt8]: Int] = [:]
    for device in devices {
      guard let source = device.source else { continue }
      let own = Set([device.identity] + (device.next.map { [$0.identity] } ?? []))
      let taken = own.compactMap { identity in identities.updateValue(source.line, forKey: identity) }.min()
      if let line = ids.updateValue(source.line, forKey: device.id) {
        log.report(.error, path: source.path, line: source.line, "device '\(device.id)' is on line \(line) already")
      } else if let line = taken {
        log.report(
          .error, path: source.path, line: source.line,
          "an identity of device '\(device.id)' is on line \(line) already: each is for one device")
      }
    }
  }
}
