import Bridge
import Control
import Devices
import FoundationEssentials
import Model
import NIOCore
import Platform
import SecureServer
import Settings
import Storage

/// Answers what operators ask.
struct ControlDesk: Sendable {
  let configuration: GatewayConfiguration
  let floor: SessionFloor
  let reloading: Reloading
  let bridge: Bridge
  let downlink: Downlink
  let spool: Spool
  let server: SecureServer
  let metrics: Metrics
  let rates: Rates
  let trays: NoteTrays
  let chronicle: Chronicle
  let why: WhyDesk
  let startedAt = Date.now

  /// - Throws: ``ControlRejection``; anything else is a failure of ours.
  func answer(_ request: ControlRequest) async throws -> ControlAnswer {
    switch request {
    case .status: try .json(await status)
    case .reload: try .json(try await reloading.reload())
    case .online: .lines(await online)
    case .disconnect(let device): try .json(try await disconnect(device))
    case .events(let device): try await watch(device)
    case .why(let subject): try .json(try await why.report(on: subject))
    case .metrics: .text(MetricsPage(await families).text, type: MetricsPage.contentType)
    case .health: .text("ok\n")
    case .readiness: readiness
    }
  }

  private var online: [OnlineDevice] {
    get async {
      await chronicle.takeNotes(floor.table)
      return await chronicle.onlineDevices.sorted { $0.device < $1.device }
    }
  }

  private func disconnect(_ device: DeviceID) async throws -> DisconnectReport {
    await chronicle.takeNotes(floor.table)
    let connections = await chronicle.connections(of: device)
    guard !connections.isEmpty || floor.table.device(device) != nil else {
      throw ControlRejection.notFound("there is no device '\(device)': 'gwctl list-devices' shows all")
    }
    let closed = try await floor.close(connections, .disconnected, "an operator closed the connection")
    return DisconnectReport(device: device.name, closed: closed)
  }

  private func watch(_ device: DeviceID?) async throws -> ControlAnswer {
    if let device, floor.table.device(device) == nil {
      throw ControlRejection.notFound("there is no device '\(device)': 'gwctl list-devices' shows all")
    }
    let lines = await chronicle.watch(device, floor.table)
    return .stream { write in
      for await line in lines { try await write(ByteBuffer(bytes: line)) }
    }
  }

  private var readiness: ControlAnswer {
    guard bridge.statistics.connectedLanes > 0 else {
      return .text("not ready: no connection to the broker is up\n", status: 503)
    }
    guard !floor.isCongested else {
      return .text("not ready: devices are not read, for the broker takes less than they send\n", status: 503)
    }
    return .text("ready\n")
  }

  /// How many devices have a connection.
  var onlineCount: Int {
    get async {
      await chronicle.takeNotes(floor.table)
      return await chronicle.onlineCount
    }
  }

  private var status: Control.GatewayStatus {
    get async { status(online: await onlineCount) }
  }

  private func status(online: Int) -> Control.GatewayStatus {
    let bridged = bridge.statistics
    var status = GatewayStatus(
      version: GatewayVersion.current, node: configuration.node, processID: ProcessInfo.processInfo.processIdentifier,
      startedAt: startedAt, devices: .init(total: floor.table.count, online: online),
      listening: server.boundAddresses.map { "\($0.ipAddress ?? $0.pathname ?? ""):\($0.port ?? 0)" },
      broker: .init(lanes: configuration.bridge.connections, connected: bridged.connectedLanes),
      handshakes: .init(established: metrics.established, refused: metrics.refused),
      messages: .init(
        up: metrics.messagesUp, acknowledged: bridged.acknowledged,
        dropped: bridged.dropped + bridged.rejected + metrics.messagesRefused))
    status.spool = GatewayStatus.Spool(spool.statistics)
    status.broker.waiting = bridged.outboxMessages
    status.broker.waitingBytes = bridged.outboxBytes
    status.broker.reconnects = bridged.reconnects
    status.broker.congested = floor.isCongested
    let rates = rates.current
    status.messages.upPerSecond = rates.up
    status.messages.acknowledgedPerSecond = rates.acknowledged
    status.memory = ProcessMemory.resident
    status.now = .now
    return status
  }
}
