import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import gwctl

@Suite struct ManualTests {
  @Test(.enabled("man is not installed", { await isInstalled("man") }), arguments: ["man1/gwctl.1", "man8/gatewayd.8"])
  func `the pages are read without a complaint`(_ page: String) async throws {
    try await withPages { folder in
      let outcome = try await run(
        "man", ["--warnings=all", "-E", "UTF-8", "-P", "cat", "-l", "\(folder)/\(page)"],
        environment: ["MANWIDTH": "100"])
      #expect(outcome.status == 0)
      #expect(outcome.errorOutput.isEmpty)
      for heading in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "SEE ALSO"] {
        #expect(outcome.output.contains("\n\(heading)\n"))
      }
    }
  }

  @Test func `the page has every command, its options and its example`() async throws {
    try await withPages { folder in
      let page = try String(contentsOfFile: "\(folder)/man1/gwctl.1", encoding: .utf8)
        .replacing("\\-", with: "-").replacing("\\(aq", with: "'")
      for command in GatewayControl.configuration.subcommands {
        let name = try #require(command.configuration.commandName)
        #expect(page.contains("\n.SS \"gwctl \(name)"), "\(name)")
        #expect(page.contains("\ngwctl \(name)"), "\(name) has no example")
      }
      for option in ["--reveal-keys", "--key-file file", "--devices dir", "--label name=value"] {
        #expect(page.contains("\\fB\(option)\\fR"))
      }
    }
  }

  @Test func `the same sources give the same pages`() async throws {
    let first = try await withPages { try Data(contentsOf: URL(fileURLWithPath: "\($0)/man1/gwctl.1")) }
    let second = try await withPages { try Data(contentsOf: URL(fileURLWithPath: "\($0)/man1/gwctl.1")) }
    #expect(first == second && first.count > 5000)
  }

  /// Runs tools/man with the programs that were built for the tests.
  private func withPages<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    try await withTemporaryDirectory { folder in
      let programs = URL(fileURLWithPath: try builtProduct("manual")).deletingLastPathComponent().path
      let script = URL(fileURLWithPath: #filePath + "/../../../tools/man").standardized.path
      let outcome = try await run(script, [folder], environment: ["PROGRAMS": programs, "SOURCE_DATE_EPOCH": "0"])
      #expect(outcome.status == 0 && outcome.errorOutput.isEmpty)
      return try await body(folder)
    }
  }
}

private func isInstalled(_ program: String) async -> Bool {
  do {
    return try await run("sh", ["-c", "command -v \(program)"]).status == 0
  } catch {
    return false
  }
}
