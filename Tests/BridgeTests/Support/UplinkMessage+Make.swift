import Model

@testable import Bridge

extension UplinkMessage {
  /// A message of `device` at this place.
  static func make(
    _ payload: String = "x", device: String = "dev", at sequence: Int64 = 1, receipt: Receipt? = nil
  ) throws -> UplinkMessage {
    UplinkMessage(try .make(payload, device: device, receipt: receipt), sequence: sequence, arrived: .now)
  }
}
