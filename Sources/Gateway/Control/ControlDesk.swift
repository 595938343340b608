import Bridge
import Control
import Devices
import FoundationEssentials
import NIOCore
import Platform
import SecureServer
import Settings

/// Answers what operators ask.
struct ControlDesk: Sendable {
  private let configuration: GatewayConfiguration
  private let floor: SessionFloor
  private let presence: PresenceDesk
  private let reloading: Reloading
  private let bridge: Bridge
  private let server: SecureServer
  private let metrics: Metrics
  private let startedAt = Date.now

  init(
    _ configuration: GatewayConfiguration, _ floor: SessionFloor, _ presence: PresenceDesk, _ reloading: Reloading,
    _ bridge: Bridge, _ server: SecureServer, _ metrics: Metrics
  ) {
    self.configuration = configuration
    self.floor = floor
    self.presence = presence
    self.reloading = reloading
    self.bridge = bridge
    self.server = server
    self.metrics = metrics
  }

  func answer(_ request: ControlRequest) async throws -> ControlReply {
    switch request {
    case .status: try ControlReply(status)
    case .reload: try ControlReply(try await reloading.reload())
    }
  }

  private var status: Control.GatewayStatus {
    let bridged = bridge.statistics
    return GatewayStatus(
      version: GatewayVersion.current, node: configuration.node, processID: ProcessInfo.processInfo.processIdentifier,
      startedAt: startedAt, devices: .init(total: floor.table.count, online: presence.onlineCount),
      listening: server.boundAddresses.map { "\($0.ipAddress ?? $0.pathname ?? ""):\($0.port ?? 0)" },
      broker: .init(lanes: configuration.bridge.connections, connected: bridged.connectedLanes),
      handshakes: .init(established: metrics.established, refused: metrics.refused),
      messages: .init(
        up: metrics.messagesUp, acknowledged: bridged.acknowledged,
        dropped: bridged.dropped + bridged.rejected + metrics.messagesRefused))
  }
}
