public import Model

/// Why a session ended.
public struct SessionEnd: Sendable, Equatable {
  /// The reason as the device's presence says it.
  public var reason: OfflineReason
  /// One line for the log; it never shows bytes of the device.
  public var text: String
  /// Whether the device has taken back its will, with a DISCONNECT [MQTT-3.14.4-3].
  public var discardsWill = false
  /// For how long the device wants its session kept, in seconds, if it changed its mind (MQTT 5 §3.14.2.2.2).
  public var sessionExpiryInterval: UInt32?

  /// Makes an end.
  public init(reason: OfflineReason, text: String) {
    self.reason = reason
    self.text = text
  }

  /// The end that `error` causes.
  init(_ error: SessionError) {
    self.init(reason: error.isTimeout ? .timeout : .protocolError, text: error.description)
  }
}
