import Bridge
import Devices
import FoundationEssentials
import Logging
import Model
import Routing
import Settings
import Storage

extension GatewayConfiguration {
  /// What is let into devices.d.
  var directoryOptions: DeviceDirectory.Options {
    var options = DeviceDirectory.Options()
    options.allowsReadableByOthers = devices.allowReadableByOthers
    options.maximumFileBytes = devices.maximumFile
    options.maximumBundleBytes = devices.maximumBundle
    options.masterKeys = .find(file: devices.masterKeyFile, environment: ProcessInfo.processInfo.environment)
    return options
  }

  /// How topics look.
  var topicTemplates: TopicTemplates {
    var templates = TopicTemplates()
    templates.uplink = topics.up
    templates.downlink = topics.down
    templates.status = topics.status
    templates.gatewayStatus = topics.gatewayStatus
    templates.rejected = topics.rejected
    return templates
  }

  /// Starts the embedded broker, where one is wanted.
  ///
  /// - Throws: `BridgeError`.
  func startEmbeddedBroker(in state: StateDirectory, _ logger: Logger) async throws -> EmbeddedBroker? {
    guard case .embedded = broker.choice else { return nil }
    let embedded = try EmbeddedBroker(directory: state.path + "/broker", port: broker.embeddedPort, logger: logger)
    try await embedded.start()
    return embedded
  }

  /// The bridge's settings; `embedded` is the broker's own port, where it is ours.
  ///
  /// - Throws: ``GatewayError/configuration(_:)`` for a file that cannot be read.
  func bridgeSettings(_ layout: TopicLayout, embeddedPort: Int?) throws -> BridgeSettings {
    var settings = BridgeSettings(brokers: try brokerAddresses(embeddedPort), clientID: "gateway-\(node)")
    settings.connections = bridge.connections
    settings.window = bridge.window
    settings.keepAlive = bridge.keepAlive
    settings.connectTimeout = bridge.connectTimeout
    settings.patience = bridge.patience
    settings.reconnect = BackoffSettings(minimum: bridge.backoffMinimum, maximum: bridge.backoffMaximum)
    settings.outbox.messages = bridge.outboxMessages
    settings.outbox.bytes = bridge.outboxBytes
    settings.spool.after = spool.after
    settings.spool.maximumBytes = spool.maximumBytes
    settings.spool.maximumAge = spool.maximumAge
    settings.status = StatusAnnouncement(
      topic: layout.gatewayStatus,
      online: GatewayPresence.online(node, since: .now).message(in: layout).payload,
      offline: GatewayPresence.offline(node).message(in: layout).payload)
    return settings
  }

  /// The settings of what comes from the broker; `known` is what an earlier run has subscribed to.
  ///
  /// - Throws: ``GatewayError/configuration(_:)`` for a file that cannot be read.
  func downlinkSettings(embeddedPort: Int?, known: [String: Int]) throws -> DownlinkSettings {
    var settings = DownlinkSettings(brokers: try brokerAddresses(embeddedPort), clientID: "gateway-\(node)-down")
    settings.keepAlive = bridge.keepAlive
    settings.connectTimeout = bridge.connectTimeout
    settings.reconnect = BackoffSettings(minimum: bridge.backoffMinimum, maximum: bridge.backoffMaximum)
    settings.sessionExpirySeconds = UInt32(clamping: sessions.maximumExpiry.components.seconds)
    settings.known = known
    return settings
  }

  func brokerAddresses(_ embeddedPort: Int?) throws -> [BrokerAddress] {
    switch broker.choice {
    case .embedded: return [BrokerAddress(host: "127.0.0.1", port: embeddedPort)]
    case .remote(let urls):
      let password = try broker.passwordFile.map(Self.secret(in:))
      return try urls.map { url in
        BrokerAddress(
          host: url.host, port: url.port, security: url.usesTLS ? try security() : .plain, user: broker.user,
          password: password)
      }
    }
  }

  /// - Throws: ``GatewayError/configuration(_:)`` if the file cannot be read.
  func requireReadable(_ path: String) throws { _ = try Self.firstLine(of: path) }

  private func security() throws -> BrokerSecurity {
    if let identity = broker.pskIdentity, let file = broker.pskKeyFile {
      return .presharedKey(identity: identity, key: try Self.key(in: file))
    }
    return .certificates(
      BrokerCertificates(
        authorityFile: broker.caFile, certificateFile: broker.certificateFile, keyFile: broker.keyFile))
  }

  /// The first line of a file.
  private static func secret(in path: String) throws -> SecretBytes {
    SecretBytes(try firstLine(of: path))
  }

  private static func key(in path: String) throws -> SecretBytes {
    var digits = try firstLine(of: path)
    defer { wipe(&digits) }
    do {
      return try PresharedKey.parse(hexadecimal: digits.span)
    } catch {
      throw GatewayError.configuration("\(path):1: the key \(error)")
    }
  }

  private static func firstLine(of path: String) throws -> [UInt8] {
    do {
      return Array(try Data(contentsOf: URL(filePath: path)).prefix { $0 != 10 && $0 != 13 })
    } catch {
      throw GatewayError.configuration("\(path): cannot be read: \(error)")
    }
  }
}
