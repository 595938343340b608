extension Section {
  static let top = Section(
    name: "", documentation: "",
    settings: [
      Setting(
        "node", \.node, .node, example: "gateway-1",
        "What this gateway calls itself in topics and on the broker; the host name unless set."),
      Setting(
        "listen", \.listen, .listenAddresses,
        """
        Where devices connect, one address or a list. [::] is IPv6 and IPv4; where IPv6 is switched off, say \
        0.0.0.0:8883. Port 0 takes a free one, which the log tells.
        """),
      Setting(
        "state", \.state, .path, example: "/var/lib/gateway",
        "The directory of what must survive a restart; $STATE_DIRECTORY, else ./state, unless set."),
      Setting(
        "embedded_broker_port", optional: \.broker.embeddedPort, .integer(0...65_535), example: "1883",
        """
        The loopback port of the embedded broker. A port that is taken is an error, 0 is any free one; unless set, 1883 if \
        it is free, else any.
        """),
    ])

  static let devices = Section(
    name: "devices", documentation: "Which devices exist. `devices: DIRECTORY` is short for `directory`.",
    settings: [
      Setting(
        "devices.directory", \.devices.directory, .path, isShorthand: true, "The directory with a file for each device."
      ),
      Setting(
        "devices.allow_readable_by_others", \.devices.allowReadableByOthers, .boolean,
        "Whether a device file that other users of the machine can read is used; if not, it is refused and reported."),
      Setting(
        "devices.master_key_file", optional: \.devices.masterKeyFile, .path, example: "/etc/gateway/master.key",
        """
        The file with the master keys, one in 64 hex digits a line, the current one first, that keys in the directory are \
        encrypted under; mode 0600. Unless set, $GATEWAY_MASTER_KEY, else $CREDENTIALS_DIRECTORY/master-key, else none.
        """),
      Setting(
        "devices.maximum_file", \.devices.maximumFile, .size(1024...(64 << 20)),
        "The largest NAME.yaml; a larger one is refused and reported."),
      Setting(
        "devices.maximum_bundle", \.devices.maximumBundle, .size(1024...(16 << 30)),
        "The largest NAME.psk; a larger one is refused and reported."),
      Setting(
        "devices.sweep_interval", \.devices.sweepInterval, .duration(.seconds(1)...Duration.seconds(86_400)),
        """
        How often every file is looked at, and read if it changed. Changes are noticed at once in any case, except on file \
        systems that tell nothing of what others do, such as NFS: there it says how late they may be noticed.
        """),
    ])

  static let tls = Section(
    name: "tls", documentation: "What is agreed on in a handshake.",
    settings: [
      Setting(
        "tls.suites", \.tls.suites, .choice,
        """
        modern: forward secrecy and authenticated encryption only. constrained: also plain PSK with GCM and CCM, for \
        devices that cannot afford Diffie-Hellman. legacy: also CBC. A device with none of them is refused, and the log \
        says so.
        """),
      Setting("tls.minimum_version", \.tls.minimumVersion, .choice, "The oldest version of TLS that is spoken."),
      Setting("tls.maximum_version", \.tls.maximumVersion, .choice, "The newest version of TLS that is spoken."),
      Setting(
        "tls.allow_psk_ke_without_dh", \.tls.allowPSKWithoutDiffieHellman, .boolean,
        """
        Whether TLS 1.3 clients may leave out the Diffie-Hellman exchange: cheaper for them, but whoever learns a key \
        later can read what was recorded before.
        """),
      Setting(
        "tls.unknown_identity", \.tls.unknownIdentity, .choice,
        """
        What a peer with an unknown identity sees. masked: the same as with a wrong key, so that nobody can list \
        identities. alert: unknown_psk_identity.
        """),
      Setting(
        "tls.identity_hint", optional: \.tls.identityHint, .text(maximumBytes: 128), example: "gateway",
        "The identity hint that TLS 1.2 clients are sent; none unless set."),
      Setting(
        "tls.server_cipher_preference", \.tls.serverCipherPreference, .boolean,
        "Whether the gateway's order of cipher suites decides; if not, the device's."),
      Setting(
        "tls.session_tickets", \.tls.sessionTickets, .boolean,
        """
        Whether devices get tickets with which they resume a session, which spares both sides the Diffie-Hellman exchange of \
        a new one in TLS 1.2. A device that is removed, disabled or has another key cannot resume.
        """),
      Setting(
        "tls.session_ticket_lifetime", \.tls.sessionTicketLifetime,
        .duration(.seconds(1)...Duration.seconds(7 * 86_400)),
        "How long after its full handshake a session can be resumed; after that a device makes a new handshake."),
    ])

  static let limits = Section(
    name: "limits", documentation: "How much of everything the server takes.",
    settings: [
      Setting(
        "limits.handshake_timeout", \.limits.handshakeTimeout, .duration(.milliseconds(100)...Duration.seconds(120)),
        "How long a peer may take for its ClientHello, and again for the rest of its handshake; then it is cut off."),
      Setting(
        "limits.maximum_accepted", \.limits.maximumAccepted, .integer(1...1_000_000),
        "Connections that have not sent a complete ClientHello; at the limit no more are accepted until there is room."),
      Setting(
        "limits.maximum_handshaking", \.limits.maximumHandshaking, .integer(1...10_000),
        "Handshakes at once, about 45 KB each; more wait for a slot, first come, first served."),
      Setting(
        "limits.maximum_slot_wait", \.limits.maximumSlotWait, .duration(.seconds(1)...Duration.seconds(600)),
        "How long a connection may wait for a slot; then it is closed as serverBusy."),
      Setting(
        "limits.handshake_patience", \.limits.handshakePatience, .duration(.milliseconds(100)...Duration.seconds(60)),
        """
        How long a device may take to answer in a handshake while others wait for a slot; then it is cut as serverBusy. \
        Devices on slow radio links need seconds.
        """),
      Setting(
        "limits.maximum_connections", \.limits.maximumConnections, .integer(1...10_000_000),
        "Connections in all, about 17 KB each; more are closed at once."),
      Setting(
        "limits.maximum_connections_per_address", \.limits.maximumConnectionsPerAddress, .integer(1...10_000_000),
        "Connections from one address; more are closed at once."),
      Setting(
        "limits.backlog", \.limits.backlog, .integer(1...65_535),
        "Connections that the system holds until they are accepted; TCP makes more try again."),
      Setting(
        "limits.event_loop_threads", \.limits.eventLoopThreads, .integer(0...1024),
        "Threads that serve connections; 0 is one for each core."),
      Setting(
        "limits.drain_timeout", \.limits.drainTimeout, .duration(.zero...Duration.seconds(600)),
        "How long a stop may take to finish what is under way; then connections are cut."),
    ])
}
