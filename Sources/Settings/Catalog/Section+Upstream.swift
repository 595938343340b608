extension Section {
  static let broker = Section(
    name: "broker",
    documentation: """
      Which broker, and how the gateway identifies itself to it. `broker: embedded` and `broker: URL` are short for `url`.
      """,
    settings: [
      Setting(
        "broker.url", \.broker.choice, .broker, isShorthand: true,
        """
        embedded is a private Mosquitto on loopback that starts and ends with the gateway; a URL names a broker, a list of \
        them is tried in order.
        """),
      Setting(
        "broker.user", optional: \.broker.user, .text(maximumBytes: 65_535), example: "gateway", "The user name."),
      Setting(
        "broker.password_file", optional: \.broker.passwordFile, .path, example: "/etc/gateway/password",
        "The file with the password in its first line."),
      Setting(
        "broker.ca_file", optional: \.broker.caFile, .path, example: "/etc/gateway/ca.pem",
        "The PEM file with the certificates that vouch for an mqtts:// broker; the system's unless set."),
      Setting(
        "broker.certificate_file", optional: \.broker.certificateFile, .path, example: "/etc/gateway/gateway.pem",
        "The PEM file with the gateway's own certificate chain."),
      Setting(
        "broker.key_file", optional: \.broker.keyFile, .path, example: "/etc/gateway/gateway.key",
        "The PEM file with the key of that certificate."),
      Setting(
        "broker.psk_identity", optional: \.broker.pskIdentity, .text(maximumBytes: 128), example: "gateway",
        "The identity for an mqtts:// broker that takes TLS-PSK."),
      Setting(
        "broker.psk_key_file", optional: \.broker.pskKeyFile, .path, example: "/etc/gateway/broker.psk",
        "The file with the key for that identity, in hex, in its first line."),
    ])

  static let bridge = Section(
    name: "bridge", documentation: "How messages are handed to the broker.",
    settings: [
      Setting(
        "bridge.connections", \.bridge.connections, .integer(1...64),
        "Connections that carry uplink messages; a device always uses the same one."),
      Setting(
        "bridge.window", \.bridge.window, .integer(1...65_535),
        """
        Messages unacknowledged on one connection; the next ones wait. A broker that announces less (Receive Maximum) is \
        heeded.
        """),
      Setting(
        "bridge.outbox_messages", \.bridge.outboxMessages, .integer(1...10_000_000),
        """
        Messages that wait in memory; over three quarters of it devices are not read, over it QoS 0 is dropped and the \
        rest goes to the spool.
        """),
      Setting(
        "bridge.outbox_bytes", \.bridge.outboxBytes, .size((64 << 10)...(16 << 30)),
        "Bytes that wait in memory; then as with outbox_messages."),
      Setting(
        "bridge.keep_alive", \.bridge.keepAlive, .duration(.seconds(5)...Duration.seconds(64_800)),
        "How long a connection to the broker may be silent before it is probed; in whole seconds."),
      Setting(
        "bridge.connect_timeout", \.bridge.connectTimeout, .duration(.milliseconds(100)...Duration.seconds(600)),
        "How long a broker may take to let the gateway in; then the next one is tried."),
      Setting(
        "bridge.patience", \.bridge.patience, .duration(.zero...Duration.seconds(86_400)),
        "How long QoS 0 messages wait for a broker that is away; then they are dropped and counted."),
      Setting(
        "bridge.backoff_minimum", \.bridge.backoffMinimum, .duration(.milliseconds(10)...Duration.seconds(3600)),
        "The wait before the first attempt to connect again; doubled each time."),
      Setting(
        "bridge.backoff_maximum", \.bridge.backoffMaximum, .duration(.milliseconds(10)...Duration.seconds(3600)),
        "The longest wait between two attempts."),
    ])

  static let spool = Section(
    name: "spool", documentation: "What is kept on disk while the broker is away.",
    settings: [
      Setting(
        "spool.after", \.spool.after, .duration(.milliseconds(100)...Duration.seconds(60)),
        """
        How long the broker may take to acknowledge a message before it is put on disk; while the broker is away messages \
        go there at once.
        """),
      Setting(
        "spool.maximum_bytes", \.spool.maximumBytes, .size((1 << 20)...(1 << 40)),
        """
        Bytes of messages that are kept; when there are more, devices are slowed down, then refused, and QoS 0 goes first. \
        Nothing acknowledged is dropped.
        """),
      Setting(
        "spool.maximum_age", \.spool.maximumAge, .duration(.seconds(1)...Duration.seconds(365 * 86_400)),
        "How old the oldest message may be; then as with maximum_bytes."),
    ])

  static let log = Section(
    name: "log", documentation: "What is logged, on standard error.",
    settings: [
      Setting("log.level", \.log.level, .choice, "The least important lines that are written."),
      Setting("log.format", \.log.format, .choice, "text is for people, json is one object a line."),
    ])
}
