import TestSupport
import Testing

@testable import gwctl

@Suite struct ListDevicesTests {
  @Test func `lists devices of files and bundles in columns`() async throws {
    try await withGwctl { gwctl in
      try await Self.fill(gwctl)
      let outcome = try await gwctl("list-devices")
      #expect(outcome.status == 0)
      #expect(outcome.errorOutput.isEmpty)
      #expect(
        outcome.output
          == """
          ID         IDENTITY  PROTOCOL  ENABLED  LABELS
          north-1    north-1   auto      yes      site=north
          north-2    Zähler 2  mqtt      yes      rack=a site=north
          south-1    south-1   auto      no
          meter%207  meter 7   auto      yes

          """)
    }
  }

  @Test(arguments: [
    (["site=north"], ["north-1", "north-2"]), (["site=north", "rack=a"], ["north-2"]), (["site=south"], []),
    (["rack="], []),
  ])
  func `selects by all of the labels`(_ labels: [String], _ ids: [String]) async throws {
    try await withGwctl { gwctl in
      try await Self.fill(gwctl)
      let options = labels.flatMap { ["--label", $0] }
      let outcome = try await gwctl.plain(["--devices", gwctl.devices, "list-devices", "--json"] + options)
      try #expect(outcome.jsonArray.map { $0["id"] as? String } == ids)
    }
  }

  @Test func `never prints a key`() async throws {
    try await withGwctl { gwctl in
      try await Self.fill(gwctl)
      let table = try await gwctl("list-devices").output
      let json = try await gwctl("list-devices", "--json").output
      for key in [Self.key, Self.otherKey] {
        #expect(!table.contains(key))
        #expect(!json.contains(key))
      }
    }
  }

  @Test func `tells of files that it cannot list`() async throws {
    try await withGwctl { gwctl in
      try gwctl.write("key: \"00\"\n", to: "bad.yaml")
      let outcome = try await gwctl("list-devices")
      #expect(outcome.status == 0)
      #expect(outcome.errorOutput == "gwctl: warning: 1 error in the device files: run 'gwctl check'\n")
    }
  }

  private static let key = "9f86d081884c7d659a2feaa0c55ad015"
  private static let otherKey = "a3bf4f1b2b0b822cd15d6c15b0f00a08"

  private static func fill(_ gwctl: Gwctl) async throws {
    try gwctl.write("key: \"\(key)\"\nlabels: {site: north}\n", to: "north-1.yaml")
    let fields = "identity: Zähler 2\nprotocol: mqtt\nlabels: {site: north, rack: a}\n"
    try gwctl.write("key: \"\(otherKey)\"\n\(fields)", to: "north-2.yaml")
    try gwctl.write("key: \"60303ae22b998861bce3b28f33eec1be\"\nenabled: false\n", to: "south-1.yaml")
    try gwctl.write("meter 7:fd61a03af4f77d870fc21e05e7e80678\n", to: "z.psk")
  }
}
