extension Section {
  static let proxyProtocol = Section(
    name: "proxy_protocol",
    documentation: "Load balancers in front of the gateway. `proxy_protocol: NETWORK` is short for `trusted`.",
    settings: [
      Setting(
        "proxy_protocol.trusted", \.proxyProtocol.trusted, .networks, isShorthand: true,
        """
        Where proxies connect from that put a PROXY header (version 1 or 2) before TLS: its address is the one that limits, \
        logs and a device's `from` see. From there the header is required, from elsewhere it is no TLS; so name the proxies \
        and no network that devices are in.
        """)
    ])
}
