import ArgumentParser
import Control
import FoundationEssentials
import Model
import Platform
import UnixSignals

/// Shows what happens in the gateway as it happens.
struct Watch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Show what happens in the running gateway, as it happens.",
    discussion: """
      A line for each event on a terminal, in colors unless NO_COLOR is set; in a pipe, and with --json, a JSON value on \
      each line. It ends with Ctrl-C, or when the gateway stops. Whoever reads too slowly misses events, and is told how \
      many.

      With --json: type (connected, disconnected, refused, devices_changed, bridge_up, bridge_down, rotation_finished, \
      lost), time, and as far as it applies device, address, identity, identity_hex, tls, cipher, reason, text, count.

      Example:
        gwctl watch sensor-1
      """)

  @Argument(help: "Only what concerns this device.", completion: .deviceID, transform: DeviceID.init)
  var id: DeviceID?

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let printer = EventPrinter(
      isJSON: common.json || !StandardStream.output.isTerminal, isColored: Self.isColored)
    let client = common.client
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    let isStopped = try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await client.events(of: id) { printer.print($0) }
        return true
      }
      group.addTask {
        for await _ in signals { break }
        return false
      }
      defer { group.cancelAll() }
      return try await group.next() ?? false
    }
    if isStopped { remark("The gateway has stopped.") }
  }

  /// See https://no-color.org.
  private static var isColored: Bool {
    let environment = ProcessInfo.processInfo.environment
    return environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
  }
}
