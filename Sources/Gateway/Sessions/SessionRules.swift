import Devices
import Model
import Routing
import Sessions
import Settings

/// What the configuration says of devices, worked out once.
final class SessionRules: Sendable {
  let layout: TopicLayout
  private let naming: DeviceRoute.Naming
  private let publish: [TopicFilter]?
  private let payloadBytes: Int?
  private let subscribe: [TopicFilter]?
  private let settings: [Spoken: SessionSettings]
  /// For how long an MQTT session is kept at most, in seconds.
  let maximumExpiry: UInt32
  /// The longest keep-alive that an MQTT 5 device may have, in seconds; 0 stands for any.
  let maximumKeepAlive: Int
  /// How much MQTT sessions may hold.
  let shardLimits: SessionShard.Limits

  /// What tells the settings of one device from those of another.
  private struct Spoken: Hashable {
    let deviceProtocol: DeviceProtocol
    let acknowledges: Bool
  }

  init(_ configuration: GatewayConfiguration, _ layout: TopicLayout) {
    self.layout = layout
    naming =
      switch configuration.topics.mode {
      case .namespaced: .namespaced
      case .verbatim: .verbatim
      }
    publish = configuration.topics.publish
    subscribe = configuration.topics.subscribe
    maximumExpiry = UInt32(clamping: configuration.sessions.maximumExpiry.components.seconds)
    maximumKeepAlive = Int(configuration.sessions.maximumKeepAlive.components.seconds)
    shardLimits = SessionShard.Limits(
      subscriptions: configuration.sessions.maximumSubscriptions,
      queuedMessages: configuration.sessions.maximumQueued,
      queuedBytes: configuration.sessions.maximumQueuedBytes)
    payloadBytes = configuration.quota.payloadBytes
    var limits = SessionLimits()
    limits.maximumLineBytes = configuration.sessions.maximumLine
    limits.maximumFrameBytes = configuration.sessions.maximumFrame
    limits.maximumPacketBytes = configuration.sessions.maximumPacket
    limits.maximumTopicBytes = configuration.sessions.maximumTopic
    limits.maximumClientIDBytes = configuration.sessions.maximumClientID
    limits.maximumUnsettled = configuration.sessions.maximumUnacknowledged
    limits.connectTimeout = configuration.sessions.connectTimeout
    limits.detectionTimeout = configuration.sessions.autoSilence
    limits.idleTimeout = configuration.sessions.idleTimeout
    limits.maximumInFlight = configuration.sessions.maximumInFlight
    limits.maximumQueued = configuration.sessions.maximumQueued
    limits.maximumQueuedBytes = configuration.sessions.maximumQueuedBytes
    limits.maximumTopicAliases = configuration.sessions.maximumTopicAliases
    var settings: [Spoken: SessionSettings] = [:]
    for deviceProtocol in DeviceProtocol.allCases {
      for acknowledges in [false, true] {
        settings[Spoken(deviceProtocol: deviceProtocol, acknowledges: acknowledges)] =
          SessionSettings(deviceProtocol: deviceProtocol, limits: limits, acknowledges: acknowledges)
      }
    }
    self.settings = settings
  }

  /// What a session of `device` needs to know; shared by all that speak alike.
  func sessionSettings(for device: Device) -> SessionSettings {
    settings[Spoken(deviceProtocol: device.protocol, acknowledges: device.ack)]
      ?? SessionSettings(deviceProtocol: device.protocol, acknowledges: device.ack)
  }

  /// The largest payload that `device` may send, in bytes.
  func payloadLimit(for device: Device) -> Int { device.quota.payloadBytes ?? payloadBytes ?? .max }

  /// Where what `device` says goes.
  ///
  /// - Throws: `RoutingError`.
  func route(for device: Device) throws -> DeviceRoute {
    let naming: DeviceRoute.Naming =
      switch device.topics {
      case .namespaced: .namespaced
      case .verbatim: .verbatim
      case nil: self.naming
      }
    return try DeviceRoute(
      device.id, layout: layout, naming: naming, publish: device.publish ?? publish,
      subscribe: device.subscribe ?? subscribe)
  }
}
