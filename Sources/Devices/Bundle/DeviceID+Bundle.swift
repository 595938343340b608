public import Model

extension DeviceID {
  /// The id of a bundle's entry: its identity, where bytes outside the id alphabet (and a `.` at the start) become
  /// `%XX`, and past 64 characters the first 40, `-`, and 16 hex digits of the identity's SHA-256.
  ///
  /// - Throws: ``ModelError/invalidDeviceID(_:reason:)`` if the identity is empty.
  public init(bundleIdentity identity: Span<UInt8>) throws(ModelError) {
    var text: [UInt8] = []
    for index in identity.indices {
      if DeviceID.standsForItself(identity[index], at: index) {
        text.append(identity[index])
      } else {
        text.append(UInt8(ascii: "%"))
        Hexadecimal.append(identity[index], to: &text, upperCase: true)
      }
    }
    if text.count > DeviceID.maximumLength {
      text.removeSubrange(40...)
      text.append(UInt8(ascii: "-"))
      for byte in SHA256.digest(of: identity).prefix(8) { Hexadecimal.append(byte, to: &text) }
    }
    try self.init(String(decoding: text, as: UTF8.self))
  }

  /// Whether the id of a bundle's entry is its identity, unchanged.
  static func isIdentity(_ identity: Span<UInt8>) -> Bool {
    guard (1...maximumLength).contains(identity.count) else { return false }
    for index in identity.indices where !standsForItself(identity[index], at: index) { return false }
    return true
  }

  private static func standsForItself(_ byte: UInt8, at index: Int) -> Bool {
    isAllowed(byte) && !(index == 0 && byte == UInt8(ascii: "."))
  }
}
