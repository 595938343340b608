/// How the gateway's topics look. A level `%n` stands for the node; a level `%i` for the device, once in each of a
/// device's templates.
public struct TopicTemplates: Sendable, Equatable {
  /// Above what a device publishes; lines and frames go to this topic itself.
  public var uplink = "devices/%i/up"
  /// Above what a device is sent; what goes to it itself is for lines and frames devices.
  public var downlink = "devices/%i/down"
  /// The presence of a device.
  public var status = "devices/%i/status"
  /// The presence of the gateway itself.
  public var gatewayStatus = "gateways/%n/status"
  /// Refused handshakes.
  public var rejected = "gateways/%n/rejected"

  /// The defaults.
  public init() {}
}
