import Foundation
import Logging
import Settings

/// Log lines on standard error: as text, `TIME LEVEL MESSAGE key=value ...`, or as JSON.
struct LogOutput: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  let format: GatewayConfiguration.Log.Format

  static func logger(_ settings: GatewayConfiguration.Log) -> Logger {
    let level = Logger.Level(rawValue: settings.level.rawValue) ?? .info
    return Logger(label: "gatewayd") { _ in LogOutput(logLevel: level, format: settings.format) }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let data = metadata.merging(event.metadata ?? [:]) { $1 }
    let time = Date.now.formatted(
      .iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(separator: .omitted))
    let line =
      switch format {
      case .text: Self.text(time, event.level, event.message, data)
      case .json: Self.json(time, event.level, event.message, data)
      }
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }

  private static func text(
    _ time: String, _ level: Logger.Level, _ message: Logger.Message, _ data: Logger.Metadata
  ) -> String {
    let pairs = data.sorted { $0.key < $1.key }.map { "\($0.key)=\(quoted("\($0.value)"))" }
    return ([time, level.rawValue, escaped("\(message)")] + pairs).joined(separator: " ")
  }

  private static func json(
    _ time: String, _ level: Logger.Level, _ message: Logger.Message, _ data: Logger.Metadata
  ) -> String {
    var fields = data.mapValues { "\($0)" }
    fields["time"] = time
    fields["level"] = level.rawValue
    fields["message"] = "\(message)"
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Strings can always be encoded.
    guard let bytes = try? encoder.encode(fields) else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A value in quotes where it would not stand as one word.
  private static func quoted(_ value: String) -> String {
    let isWord = !value.isEmpty && value.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\"") }
    return isWord ? value : "\"\(escaped(value).replacing("\"", with: "\\\""))\""
  }

  /// Nothing that a peer sent may break a line or move a terminal's cursor.
  private static func escaped(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
  }
}
