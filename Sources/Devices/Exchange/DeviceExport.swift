public import Model

/// Devices written as a list for others.
public struct DeviceExport: Sendable {
  /// The whole list, wiped when it is let go.
  public let text: SecretBytes
  /// How many devices it has.
  public let count: Int
  /// What it leaves out, in one line each.
  public let warnings: [String]

  /// Writes `devices` as a list.
  ///
  /// - Parameters:
  ///   - devices: the devices.
  ///   - format: how they are written; ``ListFormat/stunnel`` and ``ListFormat/emqx`` only where keys are text.
  ///   - revealsKeys: whether the keys are written; lists of lines are nothing without.
  /// - Throws: ``DevicesError/unlistable(_:reason:)`` if a device would not be read back as it is.
  public init(_ devices: [Device], format: ListFormat, revealsKeys: Bool) throws(DevicesError) {
    switch format {
    case .psk, .stunnel, .emqx:
      let enabled = devices.filter(\.isEnabled)
      text = try Self.lines(enabled)
      (count, warnings) = (enabled.count, Self.warnings(devices))
    case .csv:
      text = try CSVWriter.text(of: devices, revealsKeys: revealsKeys)
      (count, warnings) = (devices.count, [])
    case .json:
      text = JSONWriter.text(of: devices, revealsKeys: revealsKeys)
      (count, warnings) = (devices.count, [])
    }
  }

  private static func lines(_ devices: [Device]) throws(DevicesError) -> SecretBytes {
    SecretBytes(try BundleText.text(of: devices.map(\.credential), KeySealer(.none)))
  }

  private static func warnings(_ devices: [Device]) -> [String] {
    let disabled = devices.count { !$0.isEnabled }
    let richer = devices.count { device in
      device.isEnabled
        && !device.reads(as: Device(id: device.id, identity: device.identity, key: device.key))
    }
    let renamed = devices.count { device in
      device.isEnabled && (try? DeviceID(bundleIdentity: device.identity.span)) != device.id
    }
    var warnings: [String] = []
    if disabled > 0 {
      warnings.append("disabled devices are left out, for a line would let them in (\(disabled))")
    }
    if richer > 0 {
      warnings.append("a line holds nothing but identity and key: fields are left out of some devices (\(richer))")
    }
    if renamed > 0 {
      warnings.append("a line has no id: devices whose identity is another are known by that elsewhere (\(renamed))")
    }
    return warnings
  }
}

/// Puts pieces of text together that may hold keys.
enum SecretText {
  /// All pieces in a row; the pieces are wiped.
  static func join(_ pieces: inout [[UInt8]]) -> SecretBytes {
    var text: [UInt8] = []
    text.reserveCapacity(pieces.reduce(0) { $0 + $1.count })
    for index in pieces.indices {
      text += pieces[index]
      wipe(&pieces[index])
    }
    return SecretBytes(text)
  }

  /// Appends a key in hex, into room that is there.
  static func append(_ key: SecretBytes, to text: inout [UInt8]) {
    key.withBytes { bytes in
      for index in bytes.indices { Hexadecimal.append(bytes[index], to: &text) }
    }
  }
}
