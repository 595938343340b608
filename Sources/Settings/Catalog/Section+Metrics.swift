extension Section {
  static let metrics = Section(
    name: "metrics", documentation: "Where metrics and health can be asked for beside the control socket.",
    settings: [
      Setting(
        "metrics.listen", optional: \.metrics.listen, .listenAddress, example: "127.0.0.1:9464",
        """
        Serves /metrics (for Prometheus), /healthz and /readyz there, to whoever asks, and nothing else; not at all unless \
        set.
        """),
      Setting(
        "metrics.allow_remote", \.metrics.allowRemote, .boolean,
        "Whether metrics.listen may be an address that other machines reach; if not, one that is no loopback is an error."
      ),
    ])
}
