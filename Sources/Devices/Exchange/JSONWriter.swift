import Model

/// Writes devices as a JSON array of objects, as ``JSONRecords`` reads them.
enum JSONWriter {
  /// The array, a line for each device.
  static func text(of devices: [Device], revealsKeys: Bool) -> SecretBytes {
    var pieces = devices.enumerated().map { index, device in
      piece(device, isLast: index == devices.count - 1, revealsKeys: revealsKeys)
    }
    pieces.insert(Array("[\n".utf8), at: 0)
    pieces.append(Array("]\n".utf8))
    return SecretText.join(&pieces)
  }

  private static func piece(_ device: Device, isLast: Bool, revealsKeys: Bool) -> [UInt8] {
    var text: [UInt8] = []
    // More than a device's file may have, so that no copy of a key stays behind; never touched where it is not used.
    text.reserveCapacity(DeviceDirectory.Options().maximumFileBytes * 2)
    write(.mapping(DeviceFields(device).all), revealsKeys, to: &text)
    text += (isLast ? "\n" : ",\n").utf8
    defer { wipe(&text) }
    return text.span.array
  }

  private static func write(_ value: DeviceField.Value, _ revealsKeys: Bool, to text: inout [UInt8]) {
    switch value {
    // What YAML has in double quotes is a string of JSON as well.
    case .text(let string): text += YAMLWriter.quote(string).utf8
    case .word(let word): text += word.utf8
    case .list(let elements): text += "[\(elements.map(YAMLWriter.quote).joined(separator: ", "))]".utf8
    case .key(let key):
      text += "\"".utf8
      SecretText.append(key, to: &text)
      text += "\"".utf8
    case .mapping(let fields):
      text += "{".utf8
      var isFirst = true
      for field in fields {
        if case .key = field.value, !revealsKeys { continue }
        text += "\(isFirst ? "" : ", ")\(YAMLWriter.quote(field.name)): ".utf8
        write(field.value, revealsKeys, to: &text)
        isFirst = false
      }
      text += "}".utf8
    }
  }
}
