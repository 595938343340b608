import Settings
import Testing

@Suite struct `The environment` {
  @Test func `sets every kind of value`() throws {
    let configuration = try GatewayConfiguration.load(environment: [
      "GATEWAY_LIMITS_HANDSHAKE_TIMEOUT": "2s",
      "GATEWAY_LISTEN": "127.0.0.1:0, [::1]:0",
      "GATEWAY_BROKER": "mqtt://a,mqtt://b",
      "GATEWAY_BROKER_USER": "u",
      "GATEWAY_DEVICES": "/d",
      "GATEWAY_DEVICES_ALLOW_READABLE_BY_OTHERS": "true",
      "GATEWAY_TOPICS": "verbatim",
      "GATEWAY_QUOTA_BYTES_PER_SECOND": "1KiB",
      "GATEWAY_EMBEDDED_BROKER_PORT": "0",
      "PATH": "/bin",
      "gateway_node": "not ours",
    ])
    var expected = GatewayConfiguration()
    expected.limits.handshakeTimeout = .seconds(2)
    expected.listen = [ListenAddress(host: "127.0.0.1", port: 0), ListenAddress(host: "::1", port: 0)]
    expected.broker.choice = .remote(["a", "b"].map { BrokerURL(host: $0, port: 1883, usesTLS: false) })
    expected.broker.user = "u"
    expected.broker.embeddedPort = 0
    expected.devices.directory = "/d"
    expected.devices.allowReadableByOthers = true
    expected.topics.mode = .verbatim
    expected.quota.bytesPerSecond = 1024
    #expect(configuration == expected)
  }

  @Test(arguments: [
    (
      "GATEWAY_LIMIT_BACKLOG", "5",
      "unknown variable; allowed: GATEWAY_ and a key of gateway.yaml, as in GATEWAY_LIMITS_BACKLOG for limits.backlog"
    ),
    (
      "GATEWAY_BROKER_URL", "embedded",
      "unknown variable; allowed: GATEWAY_ and a key of gateway.yaml, as in GATEWAY_LIMITS_BACKLOG for limits.backlog"
    ),
    ("GATEWAY_LIMITS_BACKLOG", "many", "'many' is not a whole number; allowed: 1 to 65535"),
    ("GATEWAY_LIMITS_BACKLOG", "", "'' is not a whole number; allowed: 1 to 65535"),
    ("GATEWAY_LISTEN", "", "'' is not an address and a port; allowed: HOST:PORT or [IPV6]:PORT, or a list of them"),
  ])
  func `is refused where it is wrong`(_ variable: String, _ value: String, _ problem: String) async throws {
    #expect(try await problems(in: "", environment: [variable: value]) == ["\(variable): \(problem)"])
  }
}

@Suite struct `Flags` {
  static let all = CommandLineOverrides.make {
    $0.listen = ["127.0.0.1:1", "127.0.0.1:2"]
    $0.devices = "/flag"
    $0.broker = ["mqtt://flag"]
    $0.embeddedBrokerPort = "3"
    $0.state = "/state"
    $0.node = "flag"
    $0.logLevel = "error"
    $0.logFormat = "json"
  }

  @Test func `set what the command line has`() throws {
    var expected = GatewayConfiguration()
    expected.listen = [ListenAddress(host: "127.0.0.1", port: 1), ListenAddress(host: "127.0.0.1", port: 2)]
    expected.devices.directory = "/flag"
    expected.broker.choice = .remote([BrokerURL(host: "flag", port: 1883, usesTLS: false)])
    expected.broker.embeddedPort = 3
    expected.state = "/state"
    expected.node = "flag"
    expected.log.level = .error
    expected.log.format = .json
    #expect(try GatewayConfiguration.load(flags: Self.all, environment: [:]) == expected)
  }

  @Test func `are refused where they are wrong`() async throws {
    let flags = CommandLineOverrides.make {
      $0.embeddedBrokerPort = "70000"
      $0.node = "a b"
    }
    #expect(
      try await problems(in: "", flags: flags) == [
        "--embedded-broker-port: '70000' is out of range; allowed: 0 to 65535",
        "--node: 'a b' has a ' '; allowed: 1 to 64 bytes without + # / and spaces",
      ])
  }

  @Test func `are told apart from the rest of the configuration`() throws {
    let flags = CommandLineOverrides.make { $0.node = "a b" }
    let onlyFlags = #expect(throws: SettingsError.self) {
      try GatewayConfiguration.load(flags: flags, environment: [:])
    }
    #expect(onlyFlags?.isOnlyAboutFlags == true)
    let both = #expect(throws: SettingsError.self) {
      try GatewayConfiguration.load(flags: flags, environment: ["GATEWAY_NODE": "a b"])
    }
    #expect(both?.isOnlyAboutFlags == false)
  }

  @Test func `win over the environment, and that over the file`() async throws {
    let yaml = """
      node: file
      state: /file
      devices: {directory: /file}
      broker: [mqtt://file, mqtt://file2]
      listen: ['[::1]:1', '[::1]:2']
      """
    let environment = [
      "GATEWAY_NODE": "environment", "GATEWAY_DEVICES": "/environment", "GATEWAY_BROKER": "embedded",
      "STATE_DIRECTORY": "/systemd",
    ]
    let flags = CommandLineOverrides.make { $0.node = "flag" }
    let configuration = try await load(yaml, flags: flags, environment: environment)
    #expect(configuration.node == "flag")
    #expect(configuration.devices.directory == "/environment")
    #expect(configuration.broker.choice == .embedded)
    #expect(configuration.state == "/file")
    #expect(configuration.listen.map(\.port) == [1, 2])
  }

  @Test func `do not excuse what is wrong in the file`() async throws {
    let problems = try await problems(in: "node: a/b", flags: Self.all)
    #expect(problems == ["gateway.yaml:1: node: 'a/b' has a '/'; allowed: 1 to 64 bytes without + # / and spaces"])
  }
}
