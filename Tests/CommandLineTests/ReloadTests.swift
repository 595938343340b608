import TestSupport
import Testing

@testable import gwctl

@Suite struct ReloadTests {
  @Test func `says what the gateway has read`() async throws {
    let report = #"{"devices":42,"added":1,"changed":2,"removed":3,"problems":["d/a.yaml:2: warning: a short key"]}"#
    try await withGwctl { gwctl in
      try await withHTTPStub(at: gwctl.socket, answer: { _, _ in .reply(200, report) }) {
        let outcome = try await gwctl("reload")
        #expect(outcome.status == 0)
        #expect(outcome.output == "d/a.yaml:2: warning: a short key\n42 devices: 1 added, 2 changed, 3 removed\n")
        try await #expect(gwctl("reload", "--json").json["changed"] as? Int == 2)
      }
    }
  }

  @Test func `fails where the gateway could not use a file`() async throws {
    let report = #"{"devices":1,"added":0,"changed":0,"removed":0,"problems":["d/a.yaml:2: error: no key"]}"#
    try await withGwctl { gwctl in
      try await withHTTPStub(at: gwctl.socket, answer: { _, _ in .reply(200, report) }) {
        let outcome = try await gwctl("reload")
        #expect(outcome.status == 1)
        #expect(outcome.output.hasPrefix("d/a.yaml:2: error: no key\n1 device: "))
        #expect(outcome.errorOutput == "gwctl: 1 error and 0 warnings: mend what stands above\n")
      }
    }
  }

  @Test func `passes on why the gateway refuses`() async throws {
    try await withGwctl { gwctl in
      try await withHTTPStub(at: gwctl.socket, answer: { _, _ in .reply(409, #"{"error":"it is stopping"}"#) }) {
        let outcome = try await gwctl("reload")
        #expect(outcome.status == 1)
        #expect(outcome.errorOutput == "gwctl: the gateway refused (409): it is stopping\n")
      }
    }
  }
}
