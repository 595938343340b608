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
  private let settings: [DeviceProtocol: SessionSettings]

  init(_ configuration: GatewayConfiguration, _ layout: TopicLayout) {
    self.layout = layout
    naming =
      switch configuration.topics.mode {
      case .namespaced: .namespaced
      case .verbatim: .verbatim
      }
    publish = configuration.topics.publish
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
    settings = Dictionary(
      uniqueKeysWithValues: DeviceProtocol.allCases.map { ($0, SessionSettings(deviceProtocol: $0, limits: limits)) })
  }

  /// What a session of `device` needs to know; shared by all that speak alike.
  func sessionSettings(for device: Device) -> SessionSettings {
    settings[device.protocol] ?? SessionSettings(deviceProtocol: device.protocol)
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
    return try DeviceRoute(device.id, layout: layout, naming: naming, publish: device.publish ?? publish)
  }
}
