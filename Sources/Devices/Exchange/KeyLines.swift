import Model

/// Lists of a line for each device: `identity:key`.
enum KeyLines {
  /// Reads `text`; what cannot be used goes to `log`.
  static func read(
    _ text: Span<UInt8>, path: String, _ format: ListFormat, _ sealer: KeySealer, _ log: inout ProblemLog
  ) -> [Device] {
    var devices: [Device] = []
    LineReader.forEachLine(of: text) { line, number in
      let source = Source(kind: .bundle, path: path, line: number)
      do throws(Reason) {
        guard let credential = try credential(line, format, sealer) else { return }
        let device = try device(credential, source)
        for warning in KeyWarning.all(of: device.key, identity: device.identity, id: device.id) {
          log.report(.warning, path: path, line: number, warning)
        }
        devices.append(device)
      } catch {
        log.report(.error, path: path, line: number, error.text)
      }
    }
    return devices
  }

  private struct Reason: Error {
    let text: String
  }

  private static func device(_ credential: Credential, _ source: Source) throws(Reason) -> Device {
    do throws(ModelError) {
      var device = Device(
        id: try DeviceID(bundleIdentity: credential.identity.span), identity: credential.identity, key: credential.key)
      device.source = source
      return device
    } catch {
      throw Reason(text: "has nothing before ':': an identity has 1 to 256 bytes")
    }
  }

  /// What a line says; nil for a blank one or a comment.
  private static func credential(
    _ line: Span<UInt8>, _ format: ListFormat, _ sealer: KeySealer
  ) throws(Reason) -> Credential? {
    guard let parts = BundleLine(line) else { return nil }
    guard let place = parts.key else {
      throw Reason(text: "has no ':': a line is identity:\(format == .psk ? "hexkey" : "key"), or a comment after '#'")
    }
    // EMQX splits at the first ':' and takes everything else as it is.
    let identity = format == .emqx ? 0..<colon(in: line) : parts.identity
    let secret = format == .emqx ? colon(in: line) + 1..<end(of: line) : place
    guard Credential.identityLengths.contains(identity.count) else {
      throw Reason(text: "the identity has \(identity.count) bytes: an identity has 1 to 256")
    }
    let (name, text) = (line.extracting(identity), line.extracting(secret))
    return Credential(identity: name.array, key: try key(text, of: name, format, sealer))
  }

  private static func key(
    _ secret: Span<UInt8>, of identity: Span<UInt8>, _ format: ListFormat, _ sealer: KeySealer
  ) throws(Reason) -> SecretBytes {
    guard format == .psk || (format == .stunnel && isHexadecimal(secret)) else { return try textKey(secret) }
    do throws(KeyError) {
      return try sealer.key(secret, of: identity, acceptingWeak: false)
    } catch {
      let place = if case .tooShort = error { " in a file of its own" } else { "" }
      throw Reason(text: "the key \(error)\(place)")
    }
  }

  /// A key that is its text's bytes.
  private static func textKey(_ secret: Span<UInt8>) throws(Reason) -> SecretBytes {
    let lengths = PresharedKey.minimumLength...PresharedKey.maximumLength
    guard lengths.contains(secret.count) else {
      throw Reason(
        text: "the key has \(secret.count) bytes of text: a key has \(lengths.lowerBound) to \(lengths.upperBound)")
    }
    return SecretBytes(secret.array)
  }

  private static func isHexadecimal(_ text: Span<UInt8>) -> Bool {
    text.count % 2 == 0 && text.indices.allSatisfy { Hexadecimal.value(of: text[$0]) != nil }
  }

  private static func colon(in line: Span<UInt8>) -> Int {
    line.indices.first { line[$0] == UInt8(ascii: ":") } ?? line.count
  }

  /// Where a line ends, without the carriage return that CRLF leaves.
  private static func end(of line: Span<UInt8>) -> Int {
    line.count > 0 && line[line.count - 1] == UInt8(ascii: "\r") ? line.count - 1 : line.count
  }
}
