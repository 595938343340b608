import Testing

@testable import SecureServer

/// The pre_shared_key extension (RFC 8446 §4.2.11).
@Suite struct PreSharedKeyExtensionTests {
  /// One identity `a` of age 7 with a binder of 32 bytes.
  private static let one: [UInt8] =
    [0, 7, 0, 1, 0x61, 0, 0, 0, 7, 0, 33, 32] + [UInt8](repeating: 0xab, count: 32)

  @Test func `identities come with their ages and binders`() throws {
    let offers = try #require(PreSharedKeyExtension(Self.one)).offers
    #expect(offers.map(\.identity) == [[0x61]])
    #expect(offers.map(\.obfuscatedTicketAge) == [7])
    #expect(offers.map(\.binderLength) == [32])
  }

  @Test func `no cut of it is taken for the whole`() {
    for count in 0..<Self.one.count { #expect(PreSharedKeyExtension(Array(Self.one.prefix(count))) == nil) }
    #expect(PreSharedKeyExtension(Self.one + [0]) == nil)
  }

  /// Fewer or more binders than identities, and lengths that lie.
  @Test(
    arguments: [
      [0, 0, 0, 0], [0, 7, 0, 1, 0x61, 0, 0, 0, 0, 0, 0], [0, 0, 0, 2, 1, 1],
      [0, 7, 0, 1, 0x61, 0, 0, 0, 0, 0, 4, 1, 1, 1, 1], [0xff, 0xff], [0, 7, 0xff, 0xff, 0x61, 0, 0, 0, 0, 0, 2, 1, 1],
    ] as [[UInt8]])
  func `what doesn't fit together is refused`(bytes: [UInt8]) {
    #expect(PreSharedKeyExtension(bytes) == nil)
  }

  @Test func `the binder's length tells the hash`() {
    #expect(BinderHash(binderLength: 32) == .sha256)
    #expect(BinderHash(binderLength: 48) == .sha384)
    #expect(BinderHash(binderLength: 20) == nil)
  }

  @Test func `versions, modes and suites are read from their extensions`() {
    let hello = ClientHello(
      legacyVersion: 0x0303,
      supportedVersions: [4, 3, 3, 3, 4], preSharedKeys: nil, keyExchangeModes: [2, 0, 1],
      cipherSuites: [0x13, 0x01, 0, 0xff, 0x13, 0x02, 0x13], serverName: nil)
    #expect(hello.offersTLS13)
    #expect(hello.modes == (true, true))
    #expect(hello.suites(sharedWith: [0x1301, 0x1302, 0x1303]) == [0x1301, 0x1302])
  }

  @Test func `extensions that are missing or cut short offer nothing`() {
    for bytes in [nil, [], [9, 3, 4], [0]] as [[UInt8]?] {
      let hello = ClientHello(
        legacyVersion: 0x0303,
        supportedVersions: bytes, preSharedKeys: nil, keyExchangeModes: bytes, cipherSuites: [], serverName: nil)
      #expect(!hello.offersTLS13)
      #expect(hello.modes == (false, false))
    }
  }
}
