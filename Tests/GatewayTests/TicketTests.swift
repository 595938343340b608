import Foundation
import TestSupport
import Testing

/// Session tickets, which are given out only where the configuration says so.
@Suite struct TicketTests {
  private static let versions = ["-tls1_2", "-tls1_3"]

  /// What becomes of the device's file; nil: it is removed.
  private static let revocations: [String?] = [nil, "key: \"\(key(1))\"\n", "key: \"\(key())\"\nenabled: false\n"]

  @Test(arguments: versions, revocations)
  func `a session resumes, and no longer when its device is revoked`(version: String, lines: String?) async throws {
    try await withGateway(configuration: "tls: {session_tickets: true, session_ticket_lifetime: 1h}\n") { gateway in
      let ticket = gateway.state + "/ticket"
      try await withClient(of: gateway, key(), [version, "-sess_out", ticket]) { client in
        // A file that is there may not be written yet.
        try await eventually("a ticket, but: \(client.output)") {
          (try? String(contentsOfFile: ticket, encoding: .utf8))?.contains("END SSL SESSION") ?? false
        }
      }
      // The ticket does without the key.
      try await withClient(of: gateway, key(9), [version, "-sess_in", ticket]) { client in
        try await client.waitForOutput("Reused, TLS")
        if let lines {
          try write(lines, to: gateway.devices + "/demo.yaml")
        } else {
          try FileManager.default.removeItem(atPath: gateway.devices + "/demo.yaml")
        }
        // Revoked, whether it resumed or not.
        try await client.waitForExit()
      }
      try await withClient(of: gateway, key(9), [version, "-sess_in", ticket]) { client in
        let status = try await client.waitForExit()
        #expect(status != 0)
        #expect(!client.output.contains("Reused, TLS"))
      }
    }
  }

  @Test(arguments: versions) func `there are no tickets unless asked for`(version: String) async throws {
    try await withGateway { gateway in
      try await withSubscriber(to: "devices/+/up", port: gateway.brokerPort) { subscriber in
        try await withClient(of: gateway, key(), [version]) { client in
          try client.write("x\n")
          try await subscriber.waitForOutput(hex("x".utf8))
          #expect(!client.output.contains("ession ticket:"))
        }
      }
    }
  }

  private func withClient(
    of gateway: RunningGateway, _ key: String, _ options: [String], _ body: (ChildProcess) async throws -> Void
  ) async throws {
    let arguments = ["s_client", "-connect", gateway.address, "-psk_identity", "demo", "-psk", key] + options
    try await withProcess("openssl", arguments, body)
  }
}
