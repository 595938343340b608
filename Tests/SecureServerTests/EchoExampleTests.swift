import TestSupport
import Testing

/// The example program of the library, as a newcomer would run it.
@Suite struct EchoExampleTests {
  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func `the example sends back what it is sent, and stops when asked`(version: String) async throws {
    try await withProcess(try builtProduct("echo"), ["127.0.0.1:0", "demo", hex(demoKey)]) { example in
      let address = try await listeningAddress(of: example)
      let options = ["-quiet", "-connect", address, "-psk_identity", "demo", "-psk", hex(demoKey), version]
      try await withProcess("openssl", ["s_client"] + options) { client in
        try client.write("hello\n")
        try await client.waitForOutput("hello\n")
        example.signal(15)
        #expect(try await example.waitForExit() == 0)
        try await client.waitForExit()
      }
      #expect(example.output == "listening on \(address)\n")
      #expect(example.errorOutput == "")
    }
  }

  @Test(arguments: [[], ["127.0.0.1:0", "demo"], ["127.0.0.1", "demo", "00"], ["127.0.0.1:0", "demo", "0g"]])
  func `the example says how it is used`(arguments: [String]) async throws {
    let outcome = try await TestSupport.run(try builtProduct("echo"), arguments)
    #expect(outcome.status == 64)
    #expect(outcome.errorOutput == "usage: echo HOST:PORT IDENTITY HEXKEY\n")
  }
}

/// Where a server process says that it listens.
func listeningAddress(of process: ChildProcess) async throws -> String {
  let pattern = /listening on (\S+:\d+)\n/
  try await eventually("listening, but: \(process.errorOutput)") {
    process.output.firstMatch(of: pattern) != nil || process.exitStatus != nil
  }
  guard let match = process.output.firstMatch(of: pattern) else {
    throw NeverHappened(description: "the server ended: \(process.errorOutput)")
  }
  return String(match.1)
}
