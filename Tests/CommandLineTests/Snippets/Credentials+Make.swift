import Model

@testable import gwctl

extension Credentials {
  /// Credentials whose key counts up from 0x10, unless told otherwise.
  static func make(
    device: String = "sensor-1", identity: [UInt8]? = nil, keyBytes: Int = 16, host: String = "127.0.0.1",
    port: UInt16 = 8883
  ) throws -> Credentials {
    Credentials(
      device: try DeviceID(device), identity: identity ?? Array(device.utf8),
      key: SecretBytes((0..<keyBytes).map { UInt8(truncatingIfNeeded: 0x10 + $0) }), host: host, port: port)
  }
}
