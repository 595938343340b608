import Testing

@testable import Settings

@Suite struct `Written values` {
  @Test(arguments: [
    ("0", 0), ("8192", 8192), ("1KiB", 1024), ("3MiB", 3 << 20), ("2GiB", 2 << 30), ("01KiB", 1024),
  ])
  func `are sizes`(_ text: String, _ bytes: Int) throws {
    #expect(try Kind.size(0...(1 << 40)).read([text]) == bytes)
  }

  @Test(arguments: [
    "", "-1", "1.5KiB", "1 KiB", "KiB", "1kib", "1KB", "1e3", "0x10", "+5", "９", "9223372036854775807KiB",
    "99999999999999999999",
  ])
  func `are no sizes`(_ text: String) {
    #expect(throws: Rejection.self) { try Kind.size(0...(.max)).read([text]) }
  }

  @Test(arguments: [
    ("0s", Duration.zero), ("500ms", .milliseconds(500)), ("90s", .seconds(90)), ("10m", .seconds(600)),
    ("2h", .seconds(7200)), ("7d", .seconds(604_800)),
  ])
  func `are lengths of time`(_ text: String, _ duration: Duration) throws {
    let kind = Kind.duration(.zero...Duration.seconds(1_000_000))
    #expect(try kind.read([text]) == duration)
    #expect(try kind.read(kind.write(duration)) == duration)
  }

  @Test(arguments: ["", "5", "5 s", "-5s", "1.5s", "s", "5S", "5sec", "9223372036854775807d", "1h30m"])
  func `are no lengths of time`(_ text: String) {
    #expect(throws: Rejection.self) { try Kind.duration(.zero...Duration.seconds(1_000_000)).read([text]) }
  }

  @Test func `are quoted without control characters and not in full length`() {
    #expect(Rejection("a\n\u{1b}b", "is odd").reason == "'a\\n\\u{1B}b' is odd")
    #expect(Rejection(String(repeating: "x", count: 1000), "is long").reason.count < 80)
  }
}

@Suite struct `Addresses to listen on` {
  @Test(arguments: [
    ("0.0.0.0:8883", "0.0.0.0", 8883), ("[::]:8883", "::", 8883), ("[fe80::1%eth0]:1", "fe80::1%eth0", 1),
    ("localhost:0", "localhost", 0), ("gw-1.example_x:65535", "gw-1.example_x", 65_535),
  ])
  func `are read and written alike`(_ text: String, _ host: String, _ port: Int) throws {
    let address = try #require(ListenAddress(text))
    #expect(address == ListenAddress(host: host, port: port))
    #expect(address.description == text)
  }

  @Test(arguments: [
    "", ":", ":8883", "8883", "localhost", "[::1]", "::1:8883", "[::1]8883", "[]:1", "[localhost]:1", "[::1:8883",
    "a:b",
    "a:65536", "a:-1", "a:+1", "a:", "a b:1", "a:1:2", "a/b:1", "é:1", "a:１",
  ])
  func `are refused`(_ text: String) {
    #expect(ListenAddress(text) == nil)
  }
}

@Suite struct `Brokers' URLs` {
  @Test(arguments: [
    ("mqtt://a", "mqtt://a:1883"), ("mqtts://a", "mqtts://a:8883"), ("mqtt://a:1/", "mqtt://a:1"),
    ("mqtts://[::1]", "mqtts://[::1]:8883"), ("mqtts://[::1]:2", "mqtts://[::1]:2"),
  ])
  func `are read, and written with their port`(_ text: String, _ written: String) {
    #expect(BrokerURL(text)?.description == written)
  }

  @Test(arguments: [
    "", "a", "mqtt:", "mqtt://", "mqtt:///", "mqtt://a:0", "mqtt://a:b", "mqtt://a/b", "mqtt://u@a", "mqtt://a?x",
    "tcp://a", "MQTT://a", "mqtts:/a",
  ])
  func `are refused`(_ text: String) {
    #expect(BrokerURL(text) == nil)
  }
}

@Suite struct `The name of the node` {
  @Test(arguments: [
    ("gw-1.example", "gw-1.example"), ("a b+c#d/e", "a-b-c-d-e"), ("a\u{0}\n", "a--"), ("", "gateway"),
    ("zürich", "zürich"),
  ])
  func `is made safe for topics`(_ host: String, _ node: String) {
    #expect(GatewayConfiguration.nodeName(from: host) == node)
  }

  @Test func `is not too long`() throws {
    let node = GatewayConfiguration.nodeName(from: String(repeating: "ü", count: 100))
    #expect(node.utf8.count == 64)
    #expect(try Kind.node.read([node]) == node)
  }

  @Test func `is the host's, and allowed`() throws {
    #expect(try Kind.node.read([GatewayConfiguration().node]) == GatewayConfiguration().node)
  }
}
