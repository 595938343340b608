/// What a device speaks inside TLS.
public enum DeviceProtocol: String, Sendable, CaseIterable {
  /// Found out by ALPN, else by the first byte: 0x10 is an MQTT CONNECT, anything else is lines.
  case auto
  /// MQTT 3.1.1 or 5.0.
  case mqtt
  /// Messages that end in LF or CRLF.
  case lines
  /// Messages behind a 4-byte big-endian length.
  case frames
}
