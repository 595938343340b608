import Glibc
import Model
import TestSupport
import Testing

@testable import Bridge

@Suite struct HighDescriptorTests {
  /// select(2) ends at 1,024, and with it mosquitto_loop.
  @Test func `a socket numbered 1,024 or more works`() async throws {
    try await withMosquitto { broker in
      let files = try OpenFiles(upTo: 1_100)
      defer { files.close() }
      let address = BrokerAddress(host: "127.0.0.1", port: broker.port)
      let client = try MosquittoClient(id: "high", window: 20, will: nil, broker: address)
      try client.connect(to: address, keepAlive: .seconds(30))
      #expect(client.descriptor >= 1_024)
      var events: [MosquittoEvent] = []
      func exchange(until isDone: () -> Bool) async throws {
        try await eventually("an answer") {
          #expect(client.write() == .open)
          #expect(client.read() == .open)
          events += client.takeEvents()
          return isDone()
        }
      }
      try await exchange { !events.isEmpty }
      #expect(events == [.connected(BrokerSession(receiveMaximum: 20, isPresent: false))])
      guard case .accepted(let id) = client.publish(try Submission.make().message) else {
        Issue.record("not accepted")
        return
      }
      try await exchange { events.contains(.published(id: id, reason: 0x10)) }
    }
  }
}

/// So many open files that the next one has a number of `count` or more, unless another test closes one meanwhile.
private struct OpenFiles {
  private var descriptors: [Int32] = []

  init(upTo count: Int32) throws {
    repeat {
      let descriptor = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw NoFile(code: errno) }
      descriptors.append(descriptor)
    } while descriptors.last.map { $0 < count } == true
  }

  func close() { for descriptor in descriptors { _ = Glibc.close(descriptor) } }

  struct NoFile: Error {
    let code: Int32
  }
}
