import Control
import FoundationEssentials
import Model
import NIOCore
import Settings
import Testing

@testable import Gateway
@testable import SecureServer

/// What the chronicle keeps, and what it forgets.
@Suite struct HistoryTests {
  private static let start = Date(timeIntervalSince1970: 1_700_000_000)

  private static func refusal(
    _ reason: HandshakeFailure.Reason = .wrongPreSharedKey, identity: [UInt8]? = nil, address: String = "192.0.2.1",
    at seconds: Double = 0
  ) throws -> Outcome {
    let failure = HandshakeFailure(
      reason: reason, offeredIdentity: identity, version: .tlsv12, alertSent: nil, offer: nil)
    return Outcome(
      Refusal(time: start + seconds, peer: try SocketAddress(ipAddress: address, port: 1), failure: failure))
  }

  @Test func `of 1,001 unknown identities the first is forgotten`() throws {
    var history = History()
    for number in 0...1000 {
      history.add(try Self.refusal(.unknownPSKIdentity, identity: Array("id-\(number)".utf8)), of: nil)
    }
    #expect(history.outcomes(ofIdentity: Array("id-0".utf8)).isEmpty)
    #expect(history.outcomes(ofIdentity: Array("id-1".utf8)).count == 1)
    #expect(history.outcomes(ofIdentity: Array("id-1000".utf8)).count == 1)
  }

  @Test func `of 1,001 addresses the one heard of longest ago is forgotten`() throws {
    var history = History()
    for number in 0...999 { history.add(try Self.refusal(address: "10.0.\(number / 256).\(number % 256)"), of: nil) }
    history.add(try Self.refusal(address: "10.0.0.0"), of: nil)
    history.add(try Self.refusal(address: "10.9.9.9"), of: nil)
    #expect(history.outcomes(ofAddress: "10.0.0.0").map(\.count) == [2])
    #expect(history.outcomes(ofAddress: "10.0.0.1").isEmpty)
    #expect(history.outcomes(ofAddress: "10.9.9.9").count == 1)
  }

  @Test func `the same again is counted, and of others the last 20 are kept`() throws {
    var history = History()
    let device = try DeviceID("a")
    for second in 0..<50 { history.add(try Self.refusal(at: Double(second)), of: device) }
    let outcome = try #require(history.outcomes(of: device).first)
    #expect(outcome.count == 50)
    #expect(outcome.first == Self.start)
    #expect(outcome.last == Self.start + 49)
    for number in 0..<30 {
      history.add(try Self.refusal(address: "10.0.0.\(number)", at: 100 + Double(number)), of: device)
    }
    #expect(history.outcomes(of: device).map(\.address) == (10..<30).reversed().map { "10.0.0.\($0)" })
  }

  @Test func `a flood in a device's name does not make its connections forgotten`() throws {
    var history = History()
    let device = try DeviceID("a")
    history.add(
      DeviceConnection(
        device: device, connection: 1, since: Self.start, address: "", tls: .tlsv13, cipher: "c", identity: [1],
        provedNextKey: false))
    for number in 0..<50_000 {
      let outcome = try Self.refusal(address: "10.\(number >> 16).\(number >> 8 & 255).\(number & 255)", at: -1)
      history.add(outcome, of: try DeviceID("b\(number / 20)"))
    }
    #expect(history.outcomes(of: device).count == 1)
  }

  @Test func `only the beginning of a long identity is kept`() throws {
    var history = History()
    history.add(try Self.refusal(identity: [UInt8](repeating: 7, count: 60_000)), of: nil)
    #expect(history.outcomes(ofIdentity: [UInt8](repeating: 7, count: 256)).count == 1)
  }

  @Test func `a book never holds more than its outcomes`() throws {
    var book = OutcomeBook<Int>(maximumKeys: 100, maximumOutcomes: 50)
    for number in 0..<1000 { book.add(try Self.refusal(address: "10.0.0.\(number % 200)"), of: number / 7 % 30) }
    #expect((0..<30).map { book.outcomes(of: $0).count }.reduce(0, +) <= 50)
    #expect(book.count <= 30)
  }
}

@Suite struct WatchersTests {
  @Test func `a slow watcher loses events, and is told how many`() async throws {
    var watchers = Watchers()
    let lines = watchers.add(nil)
    let start = Date(timeIntervalSince1970: 0)
    for number in 0..<1500 {
      var event = GatewayEvent(.connected, at: start)
      event.count = number
      watchers.publish(event)
    }
    #expect(watchers.lost == 1500 - Watchers.queueLength)
    var iterator = lines.makeAsyncIterator()
    for _ in 0..<10 { _ = await iterator.next() }
    watchers.tellLost(at: start)
    watchers.publish(GatewayEvent(.connected, at: start))
    watchers.finish()
    var rest: [String] = []
    while let line = await iterator.next() { rest.append(String(decoding: line, as: UTF8.self)) }
    #expect(rest.count == Watchers.queueLength - 10 + 2)
    #expect(rest[rest.count - 2].contains(#""count":476"#))
    #expect(rest[rest.count - 2].contains(#""type":"lost""#))
  }

  @Test func `who watches one device is told what concerns it`() async throws {
    var watchers = Watchers()
    let (a, b) = (try DeviceID("a"), try DeviceID("b"))
    let lines = watchers.add(a)
    let event = GatewayEvent(.devicesChanged, at: Date(timeIntervalSince1970: 0))
    watchers.publish(event, changed: [b])
    watchers.publish(event, changed: [a, b])
    watchers.publish(event, changed: nil)
    watchers.publish(event)
    watchers.finish()
    var told: [Bool] = []
    for await line in lines { told.append(String(decoding: line, as: UTF8.self).contains(#""device":"a""#)) }
    #expect(told == [true, false])
  }

  @Test func `whoever has gone is told nothing more`() {
    var watchers = Watchers()
    do { _ = watchers.add(nil) }
    watchers.publish(GatewayEvent(.connected, at: .now))
    watchers.publish(GatewayEvent(.connected, at: .now))
    #expect(watchers.count == 0)
  }
}
