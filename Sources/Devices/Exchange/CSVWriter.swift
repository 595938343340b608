import Model

/// Writes devices as a table (RFC 4180), as ``CSVRecords`` reads it.
enum CSVWriter {
  /// The table, with the columns that some device fills.
  ///
  /// - Throws: ``DevicesError/unlistable(_:reason:)`` for what a cell cannot hold.
  static func text(of devices: [Device], revealsKeys: Bool) throws(DevicesError) -> SecretBytes {
    let columns = columns(of: devices, revealsKeys: revealsKeys)
    var pieces = [Array((columns.map(quote).joined(separator: ",") + "\r\n").utf8)]
    defer { for index in pieces.indices { wipe(&pieces[index]) } }
    for device in devices { pieces.append(try piece(device, columns)) }
    return SecretText.join(&pieces)
  }

  private static func columns(of devices: [Device], revealsKeys: Bool) -> [String] {
    var used: Set<String> = revealsKeys ? ["id", "key"] : ["id"]
    for device in devices {
      for field in flat(DeviceFields(device).all) {
        if case .key = field.value, !revealsKeys { continue }
        used.insert(field.name)
      }
    }
    let labels = used.filter { $0.hasPrefix("labels.") }.sorted()
    return CSVRecords.plainColumns.filter(used.contains) + labels
  }

  private static func piece(_ device: Device, _ columns: [String]) throws(DevicesError) -> [UInt8] {
    let cells = Dictionary(flat(DeviceFields(device).all).map { ($0.name, $0.value) }) { first, _ in first }
    var text: [UInt8] = []
    text.reserveCapacity(DeviceDirectory.Options().maximumFileBytes * 2)
    defer { wipe(&text) }
    for (index, column) in columns.enumerated() {
      if index > 0 { text.append(UInt8(ascii: ",")) }
      if let value = cells[column] { try write(value, column, of: device, to: &text) }
    }
    text += "\r\n".utf8
    return text.span.array
  }

  private static func write(
    _ value: DeviceField.Value, _ column: String, of device: Device, to text: inout [UInt8]
  ) throws(DevicesError) {
    switch value {
    case .text(let string):
      guard !string.isEmpty else { throw .unlistable(device.id, reason: "\(column) is there and empty") }
      text += quote(string).utf8
    case .word(let word): text += word.utf8
    case .list(let elements):
      guard !elements.isEmpty, elements.allSatisfy({ !$0.isEmpty && !$0.contains(where: \.isWhitespace) }) else {
        throw .unlistable(device.id, reason: "\(column) is an empty list, or has an element with blanks")
      }
      text += quote(elements.joined(separator: " ")).utf8
    case .key(let key): SecretText.append(key, to: &text)
    case .mapping: preconditionFailure("mappings are made flat before they are written")
    }
  }

  /// Fields with those within them: `next.key`.
  private static func flat(_ fields: [DeviceField]) -> [DeviceField] {
    fields.flatMap { field in
      guard case .mapping(let inner) = field.value else { return [field] }
      return inner.map { DeviceField("\(field.name).\($0.name)", $0.value) }
    }
  }

  /// A cell, in quotes where it needs them.
  private static func quote(_ text: String) -> String {
    let needsQuotes = text.utf8.contains { [0x22, 0x2c, 0x0a, 0x0d].contains($0) }
    return needsQuotes ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
  }
}
