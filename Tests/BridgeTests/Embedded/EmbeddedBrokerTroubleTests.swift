import Foundation
import Logging
import Model
import ServiceLifecycle
import TestSupport
import Testing

@testable import Bridge

/// What may go wrong around the embedded broker.
@Suite struct EmbeddedBrokerTroubleTests {
  private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  /// Waits for its end as `run()` does when it is cancelled.
  private func stop(_ broker: EmbeddedBroker) async throws {
    let service = Task { try await broker.run() }
    service.cancel()
    try await service.value
  }

  private func withBroker(_ broker: EmbeddedBroker, _ body: (EmbeddedBroker) async throws -> Void) async throws {
    try await broker.start()
    do { try await body(broker) } catch {
      try await stop(broker)
      throw error
    }
    try await stop(broker)
  }

  /// The mosquitto that was started with the configuration in `directory`.
  private func processID(_ directory: String) throws -> Int32? {
    for entry in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
      // A process that ends meanwhile has no command line any more.
      guard let id = Int32(entry), let line = FileManager.default.contents(atPath: "/proc/\(id)/cmdline") else {
        continue
      }
      let words = String(decoding: line, as: UTF8.self).split(separator: "\0")
      if words.first?.hasSuffix("/mosquitto") == true, words.last == "\(directory)/mosquitto.conf" { return id }
    }
    return nil
  }

  @Test func `a graceful shutdown ends it after the bridge`() async throws {
    try await withTemporaryDirectory { directory in
      let broker = try EmbeddedBroker(directory: directory, port: 0, logger: quiet)
      try await broker.start()
      let bridge = try Bridge(settings: .make(ports: broker.port), logger: quiet)
      let group = ServiceGroup(services: [broker, bridge], logger: quiet)
      async let running: Void = group.run()
      try await eventually("connected") { bridge.statistics.connectedLanes == 2 }
      let sink = RecordingSink()
      bridge.submit(try (0..<100).map { try .make("\($0)", receipt: sink.receipt($0)) })
      await group.triggerGracefulShutdown()
      try await running
      #expect(sink.acknowledged == 100)
      #expect(try processID(directory) == nil)
    }
  }

  @Test func `it comes back on its port when it is killed, and the bridge loses nothing`() async throws {
    try await withTemporaryDirectory { directory in
      try await withBroker(try EmbeddedBroker(directory: directory, port: 0, logger: quiet)) { broker in
        let port = broker.port
        try await withBridge(.make(ports: port)) { running in
          let sink = RecordingSink()
          running.bridge.submit(try (0..<5_000).map { try .make("\($0)", receipt: sink.receipt($0)) })
          try await eventually("some acknowledged") { sink.acknowledged >= 100 }
          let killed = try #require(try processID(directory))
          kill(killed, SIGKILL)
          try await eventually("all acknowledged") { sink.acknowledged == 5_000 }
          #expect(sink.tokens == Array(0..<5_000))
          #expect(broker.port == port)
        }
      }
    }
  }

  /// mosquitto 2.0.11 ends the connection if its queue has no limit.
  @Test func `a refused message does not cost the connection`() async throws {
    try await withTemporaryDirectory { directory in
      try await withBroker(try EmbeddedBroker(directory: directory, port: 0, logger: quiet)) { broker in
        try await withBridge(.make(ports: broker.port)) { running in
          let sink = RecordingSink()
          let forbidden = Message(topic: try Topic("$SYS/broker/uptime"), payload: [1])
          running.bridge.submit([
            Submission(message: forbidden, lane: .gateway, receipt: sink.receipt(1)),
            try .make(receipt: sink.receipt(2)),
          ])
          try await eventually("both settled") { sink.count == 2 }
          #expect(sink.delivery(of: 1) == .rejected(0x87))
          #expect(running.events.disconnections == [])
        }
      }
    }
  }

  @Test func `a port that somebody takes in the last moment is left to him`() async throws {
    try await withTemporaryDirectory { directory in
      let listener = try SilentListener()
      let other = try freePort()
      let broker = try EmbeddedBroker(directory: directory, ports: [listener.port, other], logger: quiet)
      try await withBroker(broker) { #expect($0.port == other) }
      let alone = try EmbeddedBroker(directory: directory, ports: [listener.port], logger: quiet)
      let error = await #expect(throws: BridgeError.self) { try await alone.start() }
      #expect(error?.description.contains("port \(listener.port)") == true)
    }
  }

  @Test func `brokers that start at the same time never share a port`() async throws {
    try await withTemporaryDirectory { directory in
      let brokers = try (0..<6).map { try EmbeddedBroker(directory: "\(directory)/\($0)", port: nil, logger: quiet) }
      try await withThrowingTaskGroup { group in
        for broker in brokers { group.addTask { try await broker.start() } }
        try await group.waitForAll()
      }
      #expect(Set(brokers.map(\.port)).count == brokers.count)
      for number in brokers.indices { #expect(try processID("\(directory)/\(number)") != nil) }
      for broker in brokers { try await stop(broker) }
    }
  }

  @Test func `a mosquitto that does not start is an error with its last words`() async throws {
    try await withTemporaryDirectory { directory in
      try write("#!/bin/sh\necho 'Error: no luck today'\nexit 3\n", to: directory + "/mosquitto", mode: 0o700)
      let broker = try EmbeddedBroker(directory: directory, port: 0, logger: quiet, searching: [directory])
      let error = await #expect(throws: BridgeError.self) { try await broker.start() }
      #expect(error?.description == "the embedded broker did not start: Error: no luck today")
    }
  }

  @Test func `a mosquitto that ignores the request to end is killed`() async throws {
    try await withTemporaryDirectory { directory in
      let script = "#!/bin/sh\ntrap '' TERM\necho 'mosquitto version 0 running'\nwhile :; do sleep 0.1; done\n"
      try write(script, to: directory + "/mosquitto", mode: 0o700)
      let broker = try EmbeddedBroker(directory: directory, port: 0, logger: quiet, searching: [directory])
      try await broker.start()
      try await stop(broker)
    }
  }

  @Test func `a mosquitto that dies at once, again and again, can still be stopped`() async throws {
    try await withTemporaryDirectory { directory in
      let script = "#!/bin/sh\necho 'mosquitto version 0 running'\necho x >> \(directory)/starts\nexit 1\n"
      try write(script, to: directory + "/mosquitto", mode: 0o700)
      let broker = try EmbeddedBroker(directory: directory, port: 0, logger: quiet, searching: [directory])
      try await broker.start()
      try await eventually("starts with pauses between") {
        (FileManager.default.contents(atPath: directory + "/starts")?.count ?? 0) >= 6
      }
      try await stop(broker)
    }
  }
}
