import TestSupport
import Testing

@testable import gwctl

/// What others wrote, into files or on the socket, steers nobody's terminal.
@Suite struct TerminalSafetyTests {
  private static let key = "9f86d081884c7d659a2feaa0c55ad015"

  @Test(arguments: [
    ["list-devices"], ["show-device", "a"], ["check"], ["show-device", "b"], ["show-device", "%1B%5B2J"],
  ])
  func `escapes what a file holds`(_ command: [String]) async throws {
    try await withGwctl { gwctl in
      let fields = #"identity: "x\e[2J"\#nlabels: {"k\e[2J": "v\a\u202e"}"#
      try gwctl.write("key: \"\(Self.key)\"\n\(fields)\n", to: "a.yaml")
      try gwctl.write(#""\e[2J": 1"# + "\n", to: "b.yaml")
      try gwctl.write("\u{1b}[2J:a3bf4f1b2b0b822cd15d6c15b0f00a08\n", to: "c.psk")
      let outcome = try await gwctl.plain(["--devices", gwctl.devices] + command)
      for text in [outcome.output, outcome.errorOutput] {
        #expect(!text.unicodeScalars.contains { $0 != "\n" && $0.properties.generalCategory == .control })
        #expect(!text.unicodeScalars.contains("\u{202e}"))
      }
    }
  }

  @Test func `escapes what a gateway answers`() async throws {
    let report = #"{"devices":1,"added":0,"changed":0,"removed":0,"problems":["\u001b[2J\u0007"]}"#
    try await withGwctl { gwctl in
      try await withHTTPStub(at: gwctl.socket, answer: { _, _ in .reply(200, report) }) {
        try await #expect(gwctl("reload").output.hasPrefix("\\u{1B}[2J\\u{07}\n"))
      }
    }
  }

  @Test func `escapes in JSON as well, which says the same`() async throws {
    let identity = "x\u{9b}31m\u{202e}\u{7f}\u{2028}\u{e0041}ä"
    try await withGwctl { gwctl in
      try gwctl.write(
        #"key: "\#(Self.key)""# + "\n" + #"identity: "x\x9b31m\u202e\x7f\u2028\U000e0041ä""# + "\n", to: "a.yaml")
      for command in [["list-devices"], ["show-device", "a"]] {
        let outcome = try await gwctl.plain(["--devices", gwctl.devices, "--json"] + command)
        #expect(outcome.output.contains(#"x\u009b31m\u202e\u007f\u2028\udb40\udc41ä"#))
        #expect(!outcome.output.unicodeScalars.contains { $0.value >= 0x7f && $0 != "ä" })
      }
      let shown = try await gwctl.plain(["--devices", gwctl.devices, "--json", "show-device", "a"]).json
      #expect(shown["identity"] as? String == identity)
      let report = #"{"devices":1,"added":0,"changed":0,"removed":0,"problems":["\u009b2J\u202e"]}"#
      try await withHTTPStub(at: gwctl.socket, answer: { _, _ in .reply(200, report) }) {
        try await #expect(gwctl("--json", "reload").output.contains(#""\u009b2J\u202e""#))
      }
    }
  }

  @Test func `keeps a refusal on one line`() async throws {
    try await withGwctl { gwctl in
      try await withHTTPStub(at: gwctl.socket, answer: { _, _ in .reply(500, #"{"error":"one\ntwo\u001b[2J"}"#) }) {
        let outcome = try await gwctl("reload")
        #expect(outcome.errorOutput == "gwctl: the gateway refused (500): one; two\\u{1B}[2J\n")
      }
    }
  }
}
