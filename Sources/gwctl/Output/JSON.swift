import Control
import FoundationEssentials

/// Prints `value` as JSON on standard output, with sorted keys, dates as RFC 3339 in UTC, and nothing that
/// steers a terminal.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  encoder.dateEncodingStrategy = .iso8601
  try print(String(decoding: ControlJSON.harmless(try encoder.encode(value)), as: UTF8.self))
}
