import NIOConcurrencyHelpers
import Testing

@testable import SecureServer

/// How long a key for tickets lives, by a clock of our own.
@Suite struct SessionTicketKeyTests {
  private static let day: Int64 = 86_400

  @Test func `a key encrypts for its interval and decrypts for a lifetime longer`() throws {
    let clock = NIOLockedValueBox<Int64>(1_000_000)
    let tickets = try make { clock.withLockedValue { $0 } }
    let first = tickets.current().name
    clock.withLockedValue { $0 += Self.day - 1 }
    #expect(tickets.current().name == first)
    clock.withLockedValue { $0 += 1 }
    #expect(tickets.current().name != first)
    #expect(tickets.key(named: first[...])?.isOld == true)
    clock.withLockedValue { $0 += 2 * Self.day - 1 }
    #expect(tickets.key(named: first[...]) != nil)
    clock.withLockedValue { $0 += 1 }
    #expect(tickets.key(named: first[...]) == nil)
  }

  @Test func `an export holds the keys that are still good`() throws {
    let clock = NIOLockedValueBox<Int64>(1_000_000)
    let tickets = try make { clock.withLockedValue { $0 } }
    let first = tickets.current()
    tickets.rotate()
    let restored = try make(tickets.exported()) { clock.withLockedValue { $0 } }
    #expect(restored.current().name == tickets.current().name)
    #expect(restored.key(named: first.name[...])?.key.secret.copied == first.secret.copied)
    clock.withLockedValue { $0 += 10 * Self.day }
    #expect(restored.key(named: first.name[...]) == nil)
  }

  @Test func `a new key is told of, so that it can be kept`() throws {
    let count = NIOLockedValueBox(0)
    let tickets = try SessionTickets(onRotation: { _ in count.withLockedValue { $0 += 1 } })
    _ = tickets.current()
    _ = tickets.current()
    #expect(count.withLockedValue { $0 } == 1)
    tickets.rotate()
    #expect(count.withLockedValue { $0 } == 2)
  }

  @Test func `there is an end to how many keys are kept`() throws {
    let tickets = try SessionTickets()
    for _ in 0..<1000 { tickets.rotate() }
    #expect(tickets.exported().count < 5000)
  }

  @Test func `a spoilt export is refused, and never traps`() throws {
    let export = try SessionTickets().exported()
    for count in 0..<export.count where count > 14 {
      #expect(throws: SecureServerError.self) { try SessionTickets(restoring: Array(export.prefix(count))) }
    }
    var old = export
    for index in 14..<22 { old[index] = 0xff }
    #expect(try SessionTickets(restoring: old).exported().count > 0)
  }

  @Test func `what a ticket holds is read as it was written, and nothing else is`() {
    let key = SessionTicketContents.ProvedKey(identity: [1, 0, 255], fingerprint: [UInt8](repeating: 7, count: 32))
    for contents in [
      SessionTicketContents(authenticatedAt: 1_700_000_000, rules: [1, 2], preSharedKey: key),
      SessionTicketContents(authenticatedAt: 0, rules: [], preSharedKey: nil, certificateErrorCode: 18),
    ] {
      #expect(SessionTicketContents(contents.encoded) == contents)
      for count in 0..<contents.encoded.count {
        #expect(SessionTicketContents(Array(contents.encoded.prefix(count))) == nil)
      }
    }
  }

  private func make(
    _ export: [UInt8]? = nil, now: @escaping @Sendable () -> Int64
  ) throws -> SessionTickets {
    try SessionTickets(.seconds(2 * Self.day), .seconds(Self.day), export, { _ in }, now: now)
  }
}
