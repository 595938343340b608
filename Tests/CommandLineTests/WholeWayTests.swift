import TestSupport
import Testing

@testable import gwctl

/// What the real gwctl prints, run as it is.
@Suite struct WholeWayTests {
  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func `prints a command that connects`(_ version: String) async throws {
    try await withGwctl { gwctl in
      let port = try freePort()
      let added = try await gwctl("add-device", "sensor-1", "--identity", "it's me", "--port", "\(port)")
      let key = try await gwctl("show-device", "sensor-1", "--reveal-key", "--json").json["key"] as? String
      let server = [version, "-nocert", "-accept", "127.0.0.1:\(port)", "-psk_identity", "it's me"]
      try await withProcess("openssl", ["s_server"] + server + ["-psk", try #require(key)]) { server in
        try await server.waitForOutput("ACCEPT")
        let client = try await run("bash", ["-c", added.output], input: "hello\n")
        #expect(client.status == 0, "\(client.errorOutput)")
        try await server.waitForOutput("hello")
      }
    }
  }

  @Test func `looks after a device from its beginning to its end`() async throws {
    try await withGwctl { gwctl in
      try await #expect(gwctl("add-device", "sensor-1", "--label", "site=north").status == 0)
      try await #expect(gwctl("check").output == "1 device, no errors, 0 warnings.\n")
      try await #expect(gwctl("list-devices", "--label", "site=north").output.contains("\nsensor-1 "))
      try await #expect(gwctl("show-device", "sensor-1").output.contains("\nlabels    site=north\n"))
      try await #expect(gwctl("remove-device", "sensor-1").status == 0)
      try await #expect(gwctl("list-devices").output == "ID  IDENTITY  PROTOCOL  ENABLED  LABELS\n")
      try await #expect(gwctl("remove-device", "sensor-1").status == 1)
    }
  }

  @Test func `adds devices side by side without losing one`() async throws {
    try await withGwctl { gwctl in
      try await withThrowingTaskGroup { group in
        for number in 0..<8 {
          group.addTask { try await gwctl("add-device", "d\(number)").status }
        }
        for try await status in group { #expect(status == 0) }
      }
      try #expect(gwctl.files == (0..<8).map { "d\($0).yaml" })
    }
  }

  @Test func `lets one of two take an identity`() async throws {
    try await withGwctl { gwctl in
      async let one = gwctl("add-device", "a", "--identity", "same")
      async let other = gwctl("add-device", "b", "--identity", "same")
      let statuses = try await [one.status, other.status]
      #expect(statuses.sorted() == [0, 1])
      try #expect(gwctl.files.count == 1)
    }
  }
}
