public import Model

/// Names one rotation of one device without showing its key, for what must outlive the process: a digest of the id and of
/// the identity and key that take over.
public struct RotationFingerprint: Hashable, Sendable {
  /// 32 hex digits.
  public let text: String

  /// The name of the rotation that is under way for `device`; nil if none is.
  public init?(of device: Device) {
    guard let next = device.next else { return nil }
    self.init(device.id, next.identity, next.key)
  }

  /// The name of the rotation that gives the device `id` this identity and key.
  public init(_ id: DeviceID, _ identity: [UInt8], _ key: SecretBytes) {
    let head = Array("rotation of \(id) \(identity.count) ".utf8) + identity
    var bytes: [UInt8] = []
    // No more than is needed and never grown, so that no copy stays behind.
    bytes.reserveCapacity(head.count + key.count)
    defer { wipe(&bytes) }
    bytes += head
    key.withBytes { key in
      for index in key.indices { bytes.append(key[index]) }
    }
    var text: [UInt8] = []
    for byte in SHA256.digest(of: bytes.span).prefix(16) { Hexadecimal.append(byte, to: &text) }
    self.text = String(decoding: text, as: UTF8.self)
  }

  /// Takes what ``text`` said; nil if it is something else.
  public init?(_ text: String) {
    guard text.utf8.count == 32, text.utf8.allSatisfy({ Hexadecimal.value(of: $0) != nil }) else { return nil }
    self.text = text
  }
}
