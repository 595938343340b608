/// PROXY headers as proxies write them, byte by byte.
enum ProxyHeaderBytes {
  static let signature: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]

  static func line(_ text: String) -> [UInt8] { Array((text + "\r\n").utf8) }

  static func binary(_ versionAndCommand: UInt8, _ family: UInt8, _ body: [UInt8], length: Int? = nil) -> [UInt8] {
    let length = length ?? body.count
    return signature + [versionAndCommand, family, UInt8(length >> 8), UInt8(length & 0xff)] + body
  }

  /// 192.0.2.7:56324 to 198.51.100.1:8883.
  static let ipv4: [UInt8] = [192, 0, 2, 7, 198, 51, 100, 1, 0xdc, 0x04, 0x22, 0xb3]
  /// [2001:db8::7]:56324 to [2001:db8::1]:8883.
  static let ipv6: [UInt8] =
    [0x20, 1, 0x0d, 0xb8] + zeros(11) + [7] + [0x20, 1, 0x0d, 0xb8] + zeros(11) + [1] + [0xdc, 0x04, 0x22, 0xb3]
  /// [::ffff:192.0.2.7]:56324 to [::1]:8883.
  static let mapped: [UInt8] =
    zeros(10) + [0xff, 0xff, 192, 0, 2, 7] + zeros(15) + [1] + [0xdc, 0x04, 0x22, 0xb3]
  /// An ALPN extension and a CRC32c that is wrong.
  static let extensions: [UInt8] = [1, 0, 4] + Array("mqtt".utf8) + [3, 0, 4, 1, 2, 3, 4]

  static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
}
