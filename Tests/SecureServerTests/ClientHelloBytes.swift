/// A ClientHello made by hand, for what no ordinary client sends.
struct ClientHelloBytes {
  var versions: [UInt16] = [0x0304]
  var suites: [UInt16] = [0x1301]
  var modes: [UInt8] = [1]
  /// Identity, obfuscated ticket age, length of the binder.
  var identities: [(identity: [UInt8], age: UInt32, binder: Int)] = []

  /// The name that is asked for (SNI).
  var serverName: String?

  /// The handshake message in one record.
  var record: [UInt8] { Self.record(message) }

  /// One handshake record around `bytes`; a client's first one says TLS 1.0 (RFC 8446 §5.1).
  static func record(_ bytes: [UInt8], version: UInt8 = 1) -> [UInt8] { [22, 3, version] + vector16(bytes) }

  /// What follows ServerHelloDone: `identity` in a ClientKeyExchange (RFC 4279 §2), ChangeCipherSpec, and a Finished that
  /// no key made.
  static func keyExchange(_ identity: [UInt8]) -> [UInt8] {
    let message = [16, 0] + vector16(vector16(identity))
    return record(message, version: 3) + [20, 3, 3, 0, 1, 1] + record([UInt8](repeating: 7, count: 40), version: 3)
  }

  /// The message: header and body (RFC 8446 §4.1.2).
  var message: [UInt8] {
    var body: [UInt8] = [3, 3] + [UInt8](repeating: 7, count: 32) + [0]
    body += Self.vector16(suites.flatMap(Self.uint16)) + [1, 0]
    body += Self.vector16(extensions)
    return [1, 0] + Self.vector16(body)
  }

  private var extensions: [UInt8] {
    var all: [UInt8] = []
    if !versions.isEmpty { all += Self.extensionOf(43, Self.vector8(versions.flatMap(Self.uint16))) }
    if let serverName { all += Self.extensionOf(0, Self.vector16([0] + Self.vector16(Array(serverName.utf8)))) }
    all += Self.extensionOf(10, Self.vector16([0, 29]))
    all += Self.extensionOf(13, Self.vector16([4, 3]))
    // An X25519 share: any 32 bytes are a point.
    all += Self.extensionOf(51, Self.vector16([0, 29] + Self.vector16([UInt8](repeating: 9, count: 32))))
    if !modes.isEmpty { all += Self.extensionOf(45, Self.vector8(modes)) }
    guard !identities.isEmpty else { return all }
    let offers = identities.flatMap {
      Self.vector16($0.identity) + Self.uint16(UInt16($0.age >> 16)) + Self.uint16(UInt16($0.age & 0xffff))
    }
    let binders = identities.flatMap { Self.vector8([UInt8](repeating: 0xab, count: $0.binder)) }
    return all + Self.extensionOf(41, Self.vector16(offers) + Self.vector16(binders))
  }

  static func uint16(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xff)] }
  private static func vector8(_ bytes: [UInt8]) -> [UInt8] { [UInt8(bytes.count)] + bytes }
  private static func vector16(_ bytes: [UInt8]) -> [UInt8] { uint16(UInt16(bytes.count)) + bytes }
  private static func extensionOf(_ type: UInt16, _ body: [UInt8]) -> [UInt8] { uint16(type) + vector16(body) }
}
