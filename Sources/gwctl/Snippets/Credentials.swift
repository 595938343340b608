import Model

/// What a device needs to connect: where, as whom, and with which key.
struct Credentials: Sendable {
  /// Whose they are.
  var device: DeviceID
  /// What it presents in the handshake.
  var identity: [UInt8]
  /// What it proves there.
  var key: SecretBytes
  /// The gateway's host name or address, as the device sees it.
  var host: String
  /// The gateway's port.
  var port: UInt16

  /// The key in lower-case hex.
  var keyHex: String { key.withBytes { hex($0) } }

  /// How many bytes the key has.
  var keyLength: Int { key.count }

  /// The device's id.
  var name: String { device.name }

  /// The key as the elements of an array of C.
  func cKey(indent: String) -> String { key.withBytes { cBytes($0, indent: indent) } }

  /// `HOST:PORT`, an IPv6 address in brackets (RFC 3986 §3.2.2).
  var address: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// Whether a program that takes the identity as a C string cuts it off.
  var identityHasNUL: Bool { identity.contains(0) }
}
