import Configuration

extension Layer {
  /// What was said on the command line.
  init(flags: CommandLineOverrides) {
    let said: [(name: String, flag: String, texts: [String])] = [
      ("listen", "--listen", flags.listen),
      ("devices", "--devices", [flags.devices].compactMap(\.self)),
      ("broker", "--broker", flags.broker),
      ("embedded_broker_port", "--embedded-broker-port", [flags.embeddedBrokerPort].compactMap(\.self)),
      ("state", "--state", [flags.state].compactMap(\.self)),
      ("node", "--node", [flags.node].compactMap(\.self)),
      ("log.level", "--log-level", [flags.logLevel].compactMap(\.self)),
      ("log.format", "--log-format", [flags.logFormat].compactMap(\.self)),
    ].filter { !$0.texts.isEmpty }
    origins = Dictionary(uniqueKeysWithValues: said.map { ($0.name, .flag($0.flag)) })
    provider = InMemoryProvider(
      name: "flags", texts: Dictionary(uniqueKeysWithValues: said.map { ($0.name, $0.texts) }))
  }
}
