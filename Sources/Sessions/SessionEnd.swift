public import Model

/// Why a session ended.
public struct SessionEnd: Sendable, Equatable {
  /// The reason as the device's presence says it.
  public var reason: OfflineReason
  /// One line for the log; it never shows bytes of the device.
  public var text: String

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
