public import Model

/// What sessions need to know, held once for all sessions that share it.
public final class SessionSettings: Sendable {
  /// What the device is set to speak.
  public let deviceProtocol: DeviceProtocol
  /// How far a session may go.
  public let limits: SessionLimits
  /// Whether a lines or frames device is told what became of its messages.
  public let acknowledges: Bool

  /// Settings for devices that speak `deviceProtocol`.
  public init(
    deviceProtocol: DeviceProtocol = .auto, limits: SessionLimits = SessionLimits(), acknowledges: Bool = false
  ) {
    self.deviceProtocol = deviceProtocol
    self.acknowledges = acknowledges
    self.limits = limits
  }
}
