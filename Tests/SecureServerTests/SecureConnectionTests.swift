import Glibc
import NIOConcurrencyHelpers
import NIOCore
import SecureServer
import TestSupport
import Testing

/// Connections for async/await.
@Suite struct SecureConnectionTests {
  private static let versions = ["-tls1_2", "-tls1_3"]

  @Test(arguments: versions) func `a peer that says goodbye can still be answered`(version: String) async throws {
    try await withServer { server in
      // -no_ign_eof: s_client says close_notify at the end of its input, then goes.
      try await withOpenSSL(to: server, [version, "-quiet", "-no_ign_eof"]) { client in
        var connections = server.server.connections.makeAsyncIterator()
        let connection = try #require(await connections.next())
        try await connection.executeThenClose { inbound, outbound in
          try client.write("question\n")
          var received = ""
          for try await bytes in inbound {
            received += String(buffer: bytes)
            if received == "question\n" { try client.closeInput() }
          }
          #expect(received == "question\n")
          try await outbound.write(ByteBuffer(string: "answer\n"))
        }
        try await eventually("the end") { server.closeReasons.count == 1 }
      }
      #expect(server.closeReasons == [.closedByPeer])
    }
  }

  @Test(arguments: versions) func `having said goodbye we read on until the peer does`(version: String) async throws {
    try await withServer { server in
      try await withOpenSSL(to: server, [version, "-quiet"]) { client in
        var connections = server.server.connections.makeAsyncIterator()
        let connection = try #require(await connections.next())
        let received = try await connection.executeThenClose { inbound, outbound in
          try client.write("before\n")
          var received = ""
          for try await bytes in inbound {
            received += String(buffer: bytes)
            if received == "before\n" { outbound.finish() }
          }
          return received
        }
        #expect(received == "before\n")
      }
      try await eventually("the end") { server.closeReasons.count == 1 }
      #expect(server.closeReasons == [.closedByPeer])
    }
  }

  @Test func `a peer that vanishes is an error for the reader`() async throws {
    try await withServer { server in
      try await withOpenSSL(to: server, ["-quiet"]) { client in
        var connections = server.server.connections.makeAsyncIterator()
        let connection = try #require(await connections.next())
        await #expect(throws: SecureServerEvent.CloseReason.truncated) {
          try await connection.executeThenClose { inbound, _ in
            client.signal(9)
            for try await _ in inbound {}
          }
        }
        #expect(server.closeReasons == [.truncated])
      }
    }
  }

  @Test func `everything written arrives before the end`() async throws {
    let count = 3_000_000
    try await withServer { server in
      try await withOpenSSL(to: server, ["-quiet"]) { client in
        var connections = server.server.connections.makeAsyncIterator()
        let connection = try #require(await connections.next())
        // Stopped: it takes nothing until everything has been written but the end.
        client.signal(SIGSTOP)
        try await connection.executeThenClose { _, outbound in
          async let written: Void = outbound.write(ByteBuffer(repeating: 0x61, count: count))
          client.signal(SIGCONT)
          try await written
        }
        try await client.waitForExit()
        #expect(client.outputBytes.count == count)
      }
      #expect(server.closeReasons == [.closedByServer])
    }
  }

  @Test func `a writer waits for a peer that does not read`() async throws {
    let written = Counter()
    try await withServer { server in
      try await withOpenSSL(to: server, ["-quiet"]) { client in
        var connections = server.server.connections.makeAsyncIterator()
        let connection = try #require(await connections.next())
        client.signal(SIGSTOP)
        try await connection.executeThenClose { _, outbound in
          async let everything: Void = write(600, to: outbound, counting: written)
          // The sockets' own buffers are full at some point: the count stands still, far from the end.
          var before = -1
          try await eventually("the writer waits") {
            defer { before = written.value }
            return before > 0 && written.value == before
          }
          #expect(written.value < 600)
          client.signal(SIGCONT)
          try await everything
        }
        try await client.waitForExit()
        #expect(client.outputBytes.count == 60_000_000)
      }
    }
  }

  @Test func `C1: with two undelivered, the third is delivered when one is taken`() async throws {
    var settings = configuration()
    settings.limits.pendingConnections = 2
    try await withServer(settings) { server in
      try await withOpenSSL(to: server, ["-quiet"]) { _ in
        try await withOpenSSL(to: server, ["-quiet"]) { _ in
          try await eventually("two") { server.established.count == 2 }
          try await withOpenSSL(to: server, ["-quiet"]) { _ in
            try await eventually("the third is accepted") { server.server.connectionCount == 3 }
            #expect(server.established.count == 2)
            var connections = server.server.connections.makeAsyncIterator()
            let first = await connections.next()
            try await eventually("the third") { server.established.count == 3 }
            withExtendedLifetime(first) {}
          }
        }
      }
    }
  }

  @Test func `after the reader was cancelled, connections are closed and hold no place`() async throws {
    var settings = configuration()
    settings.limits.pendingConnections = 1
    try await withServer(settings) { server in
      let reader = Task { for await _ in server.server.connections {} }
      reader.cancel()
      await reader.value
      for count in 1...3 {
        try await withOpenSSL(to: server, ["-quiet"]) { client in
          try await client.waitForExit()
          try await eventually("\(count) ends") { server.closeReasons.count == count }
        }
      }
      #expect(server.established.count == 3)
    }
  }

  @Test func `a connection that nobody takes up is closed`() async throws {
    try await withServer { server in
      try await withOpenSSL(to: server, ["-quiet"]) { client in
        var connections = server.server.connections.makeAsyncIterator()
        _ = await connections.next()
        try await client.waitForExit()
        #expect(server.closeReasons == [.closedByServer])
      }
    }
  }
}

private final class Counter: Sendable {
  private let count = NIOLockedValueBox(0)
  var value: Int { count.withLockedValue { $0 } }
  func increment() { count.withLockedValue { $0 += 1 } }
}

/// Writes `count` pieces of 100,000 bytes.
private func write(
  _ count: Int, to outbound: SecureConnectionWriter, counting written: Counter
) async throws {
  let piece = ByteBuffer(repeating: 0x61, count: 100_000)
  for _ in 0..<count {
    try await outbound.write(piece)
    written.increment()
  }
}
