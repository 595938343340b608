import NIOCore
import Testing

@testable import SecureServer

/// Who is in a network, and what is none.
@Suite struct IPNetworkTests {
  @Test(arguments: [
    ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.0.2.7", "192.0.2.7", true),
    ("192.0.2.7", "192.0.2.8", false), ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "::1", false),
    ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false), ("::/0", "1.2.3.4", false),
    ("::/0", "::1", true), ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("::1", "::1", true),
  ])
  func `an address is in a network or not`(_ network: String, _ address: String, _ isInside: Bool) throws {
    let peer = try SocketAddress(ipAddress: address, port: 1)
    #expect(try ProxyProtocol(trusting: [network]).trusts(peer, at: nil) == isInside)
  }

  @Test(arguments: [
    ("10.0.0.0/8", "10.0.0.0/8"), ("192.0.2.7", "192.0.2.7/32"), ("2001:DB8::/32", "2001:db8::/32"), ("::1", "::1/128"),
  ])
  func `a network is written in one way`(_ text: String, _ written: String) throws {
    #expect(try IPNetwork(text).description == written)
  }

  @Test(arguments: [
    "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.1/8", "example.org", "::/129",
    "10.0.0/8",
    "10.0.0.0/99999999999999999999", "10.0.0.0\0/8", "10.0.0.0/٨",
  ])
  func `what is no network is an error that names it`(_ text: String) throws {
    let error = #expect(throws: SecureServerError.self) { try ProxyProtocol(trusting: ["::1", text]) }
    guard case .invalidNetwork(text, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `a peer that has gone is not trusted, a local one is unless told otherwise`() throws {
    var proxies = try ProxyProtocol(trusting: ["0.0.0.0/0", "::/0"])
    let path = try SocketAddress(unixDomainSocketPath: "/tmp/socket")
    #expect(!proxies.trusts(nil, at: try SocketAddress(ipAddress: "127.0.0.1", port: 1)))
    #expect(proxies.trusts(nil, at: path))
    proxies.trustsUnixDomainSockets = false
    #expect(!proxies.trusts(nil, at: path))
  }
}
