/// The host name that a client asks for (SNI, RFC 6066 §3).
enum ServerName {
  private static let extensionType: UInt16 = 0
  private static let hostName: UInt8 = 0

  /// The name in the extension's body; nil if there is none, or if it is not UTF-8.
  static func inExtension(_ body: ArraySlice<UInt8>) -> String? {
    var reader = ByteReader(body)
    guard let list = reader.readVector16() else { return nil }
    var names = ByteReader(list)
    guard names.readUInt8() == hostName, let name = names.readVector16(), !name.isEmpty else { return nil }
    return String(validating: name, as: UTF8.self)
  }

  /// The name in the records of a complete ClientHello (RFC 8446 §4.1.2), before OpenSSL has seen them.
  static func inClientHello(_ records: Span<UInt8>) -> String? {
    var reader = ByteReader(message(in: records)[...])
    // Type and length of the message, version, random.
    guard reader.skip(4 + 2 + 32), reader.readVector8() != nil, reader.readVector16() != nil,
      reader.readVector8() != nil, let extensions = reader.readVector16()
    else { return nil }
    var extensionReader = ByteReader(extensions)
    while let type = extensionReader.readUInt16(), let body = extensionReader.readVector16() {
      if type == extensionType { return inExtension(body) }
    }
    return nil
  }

  /// The handshake bytes of the records.
  private static func message(in records: Span<UInt8>) -> [UInt8] {
    var message: [UInt8] = []
    var offset = 0
    while records.count - offset >= 5 {
      let length = Int(records[offset + 3]) << 8 | Int(records[offset + 4])
      let end = min(offset + 5 + length, records.count)
      for index in (offset + 5)..<end { message.append(records[index]) }
      offset = end
    }
    return message
  }
}
