import Control
import Foundation
import TestSupport
import Testing

@testable import gwctl

@Suite struct EventPrinterTests {
  private static let time = Date(timeIntervalSince1970: 1_700_000_000)

  private static func refused() -> GatewayEvent {
    var event = GatewayEvent(.refused, at: time)
    event.identity = "x\u{1b}[2J"
    event.address = "192.0.2.1"
    event.count = 3
    event.text = "wrong\u{202e} key"
    return event
  }

  @Test func `colors the kind alone, and steers no terminal`() {
    let line = EventPrinter(isJSON: false, isColored: true).line(Self.refused())
    #expect(
      line
        == "2023-11-14T22:13:20Z  \u{1b}[31mrefused          \u{1b}[0m 'x\\u{1B}[2J'  192.0.2.1  3 times: wrong\\u{202E} key"
    )
  }

  @Test(arguments: GatewayEvent.Kind.allCases)
  func `has one line without colors for every kind`(_ kind: GatewayEvent.Kind) {
    let line = EventPrinter(isJSON: false, isColored: false).line(GatewayEvent(kind, at: Self.time))
    #expect(line.hasPrefix("2023-11-14T22:13:20Z  \(kind.rawValue)"))
    #expect(!line.contains("\u{1b}"))
    #expect(!line.contains("\n"))
  }

  @Test(arguments: [("", true), ("1", false)])
  func `is colored on a terminal unless NO_COLOR says no`(_ noColor: String, _ isColored: Bool) async throws {
    let event = String(decoding: try ControlJSON.encode(Self.refused()), as: UTF8.self)
    try await withGwctl { gwctl in
      try await withHTTPStub(at: gwctl.socket, answer: { _, _ in .reply(200, event + "\n") }) {
        let words = [try builtProduct("gwctl"), "--control", gwctl.socket, "watch"].map { "'\($0)'" }
        let line = "NO_COLOR=\(noColor) TERM=xterm " + words.joined(separator: " ")
        let outcome = try await run("script", ["-qec", line, "/dev/null"])
        #expect(outcome.output.contains("\u{1b}[31m") == isColored)
        #expect(outcome.output.contains("refused"))
        #expect(!outcome.output.contains("[2J") || outcome.output.contains("\\u{1B}[2J"))
        #expect(outcome.output.contains("The gateway has stopped."))
      }
    }
  }

  @Test func `what a gateway says of a device is escaped`() async throws {
    let report = #"""
      {"kind":"identity","subject":"\u001b[2J","summary":"\u001b]0;x\u0007","outcomes":[{"outcome":"\u001b[1m","text":"\u009b",\#
      "count":2,"first":"2025-01-02T03:04:05Z","last":"2025-01-02T03:04:05Z","address":"\u001b"}]}
      """#
    try await withGwctl { gwctl in
      try await withHTTPStub(at: gwctl.socket, answer: { _, _ in .reply(200, report) }) {
        let output = try await gwctl("why", "x").output
        #expect(output.contains("2 times since 2025-01-02T03:04:05Z"))
        #expect(!output.unicodeScalars.contains { $0 != "\n" && $0.properties.generalCategory == .control })
      }
    }
  }
}
