extension Section {
  static let sessions = Section(
    name: "sessions", documentation: "What is expected of a connected device.",
    settings: [
      Setting(
        "sessions.maximum_line", \.sessions.maximumLine, .size(16...(16 << 20)),
        "The longest line; a longer one closes the connection."),
      Setting(
        "sessions.maximum_frame", \.sessions.maximumFrame, .size(16...(64 << 20)),
        "The longest frame; a longer one closes the connection."),
      Setting(
        "sessions.maximum_packet", \.sessions.maximumPacket, .size(1024...(64 << 20)),
        "The largest MQTT packet; a larger one closes the connection. MQTT 5 devices are told the limit."),
      Setting(
        "sessions.maximum_topic", \.sessions.maximumTopic, .size(1...65_535),
        "The longest topic that a device may publish to; a longer one closes the connection."),
      Setting(
        "sessions.maximum_client_id", \.sessions.maximumClientID, .size(23...65_535),
        "The longest MQTT client id; a longer one is refused."),
      Setting(
        "sessions.connect_timeout", \.sessions.connectTimeout, .duration(.milliseconds(100)...Duration.seconds(600)),
        "How long an MQTT device may take for its CONNECT; then it is cut off."),
      Setting(
        "sessions.auto_silence", \.sessions.autoSilence, .duration(.milliseconds(100)...Duration.seconds(600)),
        "How long a device with protocol auto may be silent; then it is a lines device."),
      Setting(
        "sessions.idle_timeout", \.sessions.idleTimeout, .duration(.seconds(1)...Duration.seconds(30 * 86_400)),
        "How long a lines or frames device may be silent; then it is cut off. MQTT devices have their keep-alive."),
      Setting(
        "sessions.maximum_unacknowledged", \.sessions.maximumUnacknowledged, .integer(1...65_535),
        """
        Messages of a device that wait for their acknowledgement (Receive Maximum); when there are more, the device is not \
        read until half of them have it.
        """),
      Setting(
        "sessions.maximum_in_flight", \.sessions.maximumInFlight, .integer(1...65_535),
        "Messages of QoS 1 and 2 under way to an MQTT device at once; a device may want fewer (Receive Maximum)."),
      Setting(
        "sessions.maximum_queued", \.sessions.maximumQueued, .integer(1...1_000_000),
        "Messages that wait for an MQTT session, connected or not; newer ones are dropped and counted."),
      Setting(
        "sessions.maximum_queued_bytes", \.sessions.maximumQueuedBytes, .size(1024...(1 << 30)),
        "Bytes that wait for an MQTT session; then likewise."),
      Setting(
        "sessions.maximum_subscriptions", \.sessions.maximumSubscriptions, .integer(1...100_000),
        "Subscriptions of one MQTT session; more are refused."),
      Setting(
        "sessions.maximum_topic_aliases", \.sessions.maximumTopicAliases, .integer(0...65_535),
        "Topic aliases that an MQTT 5 device may use, and is sent at most; a larger one closes the connection."),
      Setting(
        "sessions.maximum_expiry", \.sessions.maximumExpiry, .duration(.zero...Duration.seconds(365 * 86_400)),
        "How long an MQTT session is kept after its connection; a device that asks for more gets this."),
      Setting(
        "sessions.maximum_keep_alive", \.sessions.maximumKeepAlive, .duration(.zero...Duration.seconds(65_535)),
        "The longest keep-alive of an MQTT 5 device, which is told where it asks for more; 0 sets no bound."),
    ])

  static let topics = Section(
    name: "topics",
    documentation: """
      Where messages go, and what a device may say and hear. %i stands for the device's id, %n for the node. \
      `topics: verbatim` is short for `mode`.
      """,
    settings: [
      Setting(
        "topics.mode", \.topics.mode, .choice, isShorthand: true,
        """
        namespaced: a device owns the topics below and nothing else. verbatim: a device's topics are used as they are, \
        checked against its allow-lists.
        """),
      Setting(
        "topics.up", \.topics.up, .template("%i"), "Above what a device publishes; lines and frames go to it itself."),
      Setting(
        "topics.down", \.topics.down, .template("%i"),
        "Above what a device is sent; what goes to it itself is for lines and frames devices."),
      Setting("topics.status", \.topics.status, .template("%i"), "The presence of a device."),
      Setting("topics.rejected", \.topics.rejected, .template("%n"), "Refused handshakes."),
      Setting("topics.gateway_status", \.topics.gatewayStatus, .template("%n"), "The presence of the gateway itself."),
      Setting(
        "topics.publish", optional: \.topics.publish, .filters, example: "['#']",
        """
        What a device may publish, as it names it; other messages are refused. Unless set: everything if namespaced, \
        nothing if verbatim, where each device's record says it.
        """),
      Setting(
        "topics.subscribe", optional: \.topics.subscribe, .filters, example: "['#']",
        "What a device may subscribe to, as it names it; other subscriptions are refused. Unless set: as with publish."),
    ])

  static let quota = Section(
    name: "quota", documentation: "How much one device may send, unless its own record says so; no limit unless set.",
    settings: [
      Setting(
        "quota.messages_per_second", optional: \.quota.messagesPerSecond, .integer(1...1_000_000), example: "100",
        "Messages a second; a device that sends more is read more slowly."),
      Setting(
        "quota.bytes_per_second", optional: \.quota.bytesPerSecond, .size(1...(1 << 30)), example: "64KiB",
        "Payload bytes a second; a device that sends more is read more slowly."),
      Setting(
        "quota.payload_bytes", optional: \.quota.payloadBytes, .size(1...(64 << 20)), example: "4KiB",
        "Bytes in one payload; a larger one is refused."),
    ])

  static let presence = Section(
    name: "presence",
    documentation: "Whether the broker learns who is online. `presence: false` is short for `enabled`.",
    settings: [
      Setting(
        "presence.enabled", \.presence.enabled, .boolean, isShorthand: true, "Whether presence is published at all."),
      Setting(
        "presence.restart_grace", \.presence.restartGrace, .duration(.zero ... .seconds(3600)),
        """
        How long devices may take to come back after the gateway was killed; those that don't are then said to be \
        offline.
        """),
    ])

  static let rejections = Section(
    name: "rejections",
    documentation: "Whether the broker learns of refused handshakes. `rejections: false` is short for `enabled`.",
    settings: [
      Setting(
        "rejections.enabled", \.rejections.enabled, .boolean, isShorthand: true,
        "Whether they are published at all; the log has them in any case."),
      Setting(
        "rejections.maximum_per_second", \.rejections.maximumPerSecond, .integer(1...10_000),
        "How many are published a second; more are added up in the count of the next one."),
    ])
}
