import FoundationEssentials
import Model

extension DeviceFile {
  /// A device as the contents of its file: the fields that are set, no others. The caller wipes it.
  ///
  /// - Parameters:
  ///   - device: the device.
  ///   - sealer: seals its keys; nil writes them in clear, so that two texts can be compared.
  /// - Returns: the text.
  static func text(of device: Device, _ sealer: KeySealer?) -> [UInt8] {
    var writer = YAMLWriter()
    write(device.credential, sealer, unlessIdentity: Array(device.id.name.utf8), to: &writer)
    if let next = device.next {
      writer.begin("next")
      write(next, sealer, unlessIdentity: device.identity, to: &writer, indent: "  ")
      if let since = device.nextSince { writer.quoted("since", since.formatted(.iso8601), indent: "  ") }
    }
    writeWords(device, to: &writer)
    if !device.from.isEmpty { writer.list("from", device.from.map(\.description)) }
    if case .perClientID(let maximum) = device.sessions {
      writer.plain("sessions", SessionWord.perClientID.rawValue)
      if maximum != SessionPolicy.defaultMaximum { writer.plain("max_sessions", "\(maximum)") }
    }
    if let publish = device.publish { writer.list("publish", publish.map(\.pattern)) }
    if let subscribe = device.subscribe { writer.list("subscribe", subscribe.map(\.pattern)) }
    writeMappings(device, to: &writer)
    return writer.bytes
  }

  private static func write(
    _ credential: Credential, _ sealer: KeySealer?, unlessIdentity byDefault: [UInt8], to writer: inout YAMLWriter,
    indent: String = ""
  ) {
    if credential.identity != byDefault {
      if let text = text(ofIdentity: credential.identity) {
        writer.quoted("identity", text, indent: indent)
      } else {
        var digits: [UInt8] = []
        for byte in credential.identity { Hexadecimal.append(byte, to: &digits) }
        writer.quoted("identity_hex", String(decoding: digits, as: UTF8.self), indent: indent)
      }
    }
    var text =
      sealer?.text(of: credential.key, identity: credential.identity) ?? PresharedKey.hexadecimal(credential.key)
    defer { wipe(&text) }
    writer.quoted("key", secret: text, indent: indent)
  }

  /// An identity as text, if it is text that people can read.
  static func text(ofIdentity identity: [UInt8]) -> String? {
    let isReadable = identity.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
    return isReadable ? String(validating: identity, as: UTF8.self) : nil
  }

  private static func writeWords(_ device: Device, to writer: inout YAMLWriter) {
    if !device.isEnabled { writer.plain("enabled", "false") }
    if device.protocol != .auto { writer.plain("protocol", device.protocol.rawValue) }
    if device.tls != .any { writer.quoted("tls", device.tls.rawValue) }
    if let topics = device.topics { writer.plain("topics", topics.rawValue) }
    if device.ack { writer.plain("ack", "true") }
    if device.rotation != .manual { writer.plain("rotation", device.rotation.rawValue) }
    if device.acceptsWeakKey { writer.plain("weak_key", "accepted") }
  }

  private static func writeMappings(_ device: Device, to writer: inout YAMLWriter) {
    if !device.labels.isEmpty {
      writer.begin("labels")
      for (name, value) in device.labels.sorted(by: { $0.key < $1.key }) {
        writer.quoted(YAMLWriter.quote(name), value, indent: "  ")
      }
    }
    guard device.quota != Quota() else { return }
    writer.begin("quota")
    let values = [device.quota.messagesPerSecond, device.quota.bytesPerSecond, device.quota.payloadBytes]
    for case (let field, let value?) in zip(quotaFields, values) { writer.plain(field, "\(value)", indent: "  ") }
  }
}
