import Bridge
import Devices
import Logging
import Model
import NIOCore
import Platform
import Routing
import SecureServer
import Sessions
import Storage

/// Every line that the gateway logs. The message is constant, data is in the metadata; keys and payloads never are.
struct GatewayLog: Sendable {
  private let logger: Logger

  init(_ logger: Logger) { self.logger = logger }

  // MARK: Start and stop

  /// For the library that starts and stops the parts: what it says beside failures is of no use to an operator.
  var lifecycle: Logger {
    var quiet = logger
    quiet.logLevel = max(logger.logLevel, .error)
    return quiet
  }

  func listening(_ address: SocketAddress) {
    logger.notice(
      "listening",
      metadata: ["address": "\(address.ipAddress ?? address.pathname ?? "")", "port": "\(address.port ?? 0)"])
  }

  func cannotAccept(_ reason: String) {
    logger.error("connections cannot be accepted for now", metadata: ["reason": "\(reason)"])
  }

  func ratesIgnored() {
    logger.warning("quota.messages_per_second and quota.bytes_per_second are not enforced yet")
  }

  func stopped() { logger.notice("stopped") }

  func controlUnavailable(_ reason: String) {
    logger.error("control socket unavailable", metadata: ["reason": "\(reason)"])
  }

  func controlRefused(_ peer: PeerCredentials?) {
    logger.warning(
      "control socket refused to another user",
      metadata: ["uid": "\(peer.map { "\($0.userID)" } ?? "unknown")", "pid": "\(peer?.processID ?? 0)"])
  }

  func metricsListening(_ address: SocketAddress?) {
    logger.notice(
      "metrics listening",
      metadata: ["address": "\(address?.ipAddress ?? "")", "port": "\(address?.port ?? 0)"])
  }

  func metricsUnavailable(_ reason: String) {
    logger.error("metrics unavailable", metadata: ["reason": "\(reason)"])
  }

  // MARK: The spool

  func spoolOpened(_ contents: SpoolContents) {
    guard contents.messages > 0 else { return }
    logger.notice(
      "messages of an earlier run are on disk",
      metadata: ["messages": "\(contents.messages)", "bytes": "\(contents.bytes)"])
  }

  func spool(_ event: SpoolEvent) {
    switch event {
    case .damaged(let reason, let path, let recovered):
      logger.error(
        "the spool was damaged; what could be read of it is kept",
        metadata: ["reason": "\(reason)", "damaged": "\(path)", "recovered": "\(recovered)"])
    case .failing(let reason):
      logger.error("messages cannot be put on disk, devices have to wait", metadata: ["reason": "\(reason)"])
    case .working: logger.notice("messages can be put on disk again")
    }
  }

  func sessions(_ event: SpoolEvent) {
    switch event {
    case .damaged(let reason, let path, _):
      logger.error(
        "the sessions of MQTT devices were damaged and begin anew",
        metadata: ["reason": "\(reason)", "damaged": "\(path)"])
    case .failing(let reason):
      logger.error("sessions of MQTT devices cannot be put on disk", metadata: ["reason": "\(reason)"])
    case .working: logger.notice("sessions of MQTT devices can be put on disk again")
    }
  }

  // MARK: Devices

  func devicesLoaded(_ table: DeviceTable, _ problems: [Problem]) {
    self.problems(problems)
    logger.notice("devices loaded", metadata: ["devices": "\(table.count)", "problems": "\(problems.count)"])
  }

  func problems(_ problems: [Problem]) {
    for problem in problems {
      logger.log(level: problem.severity == .error ? .error : .warning, "\(problem)")
    }
  }

  func mended(_ path: String) { logger.notice("no errors any more", metadata: ["path": "\(path)"]) }

  func devicesChanged(_ changes: DeviceChanges, total: Int) {
    var metadata: Logger.Metadata = [
      "devices": "\(total)", "added": "\(changes.added)", "changed": "\(changes.changed)",
      "removed": "\(changes.removed)",
    ]
    if let devices = changes.devices, devices.count == 1 { metadata["device.id"] = "\(devices.first?.name ?? "")" }
    logger.notice("devices changed", metadata: metadata)
  }

  func devicesUnwatched(_ path: String, _ reason: String) {
    logger.error(
      "devices cannot be followed, those known go on; it is tried again every second",
      metadata: ["path": "\(path)", "reason": "\(reason)"])
  }

  func devicesWatched(_ path: String) { logger.notice("devices are followed again", metadata: ["path": "\(path)"]) }

  func reloadFailed(_ error: any Error) {
    logger.error("reload failed, what was running goes on", metadata: ["reason": "\(error)"])
  }

  func journalSetAside(_ path: String) {
    logger.error(
      "who was announced as online could not be read whole, the damaged file was put aside",
      metadata: ["path": "\(path)"])
  }

  func journalFailed(_ error: any Error) {
    logger.error("who is announced as online could not be recorded", metadata: ["reason": "\(error)"])
  }

  func lastSeenFailed(_ error: any Error) {
    logger.error("when devices were last seen could not be recorded", metadata: ["reason": "\(error)"])
  }

  func revokedInHandshake(_ device: DeviceID) {
    logger.info("device refused, it was removed or changed during its handshake", metadata: ["device.id": "\(device)"])
  }

  // MARK: Rotations

  func rotationFinished(_ device: DeviceID) {
    logger.info("rotation finished, the old key is retired", metadata: ["device.id": "\(device)"])
  }

  func rotationsUnwritten(_ count: Int, _ error: DevicesError) {
    logger.warning(
      "finished rotations could not be written to the directory, run 'gwctl rotation finish'",
      metadata: ["devices": "\(count)", "reason": "\(error)"])
  }

  func rotationJournalFailed(_ error: any Error) {
    logger.error(
      "finished rotations could not be recorded, old keys are valid after a restart",
      metadata: ["reason": "\(error)"])
  }

  func rotationJournalDamaged() {
    logger.error("finished rotations could not be read whole, some old keys are valid until their devices connect")
  }

  // MARK: Connections

  func deviceConnected(_ device: DeviceID, _ channel: SecureChannelInfo) {
    logger.debug(
      "device connected",
      metadata: [
        "device.id": "\(device)", "peer.address": "\(channel.peerAddress?.ipAddress ?? "")",
        "tls.version": "\(channel.tls.version)", "tls.cipher": "\(channel.tls.cipherSuite)",
      ])
  }

  func deviceDisconnected(_ device: DeviceID, _ channel: SecureChannelInfo, _ end: SessionEnd) {
    logger.debug(
      "device disconnected",
      metadata: [
        "device.id": "\(device)", "peer.address": "\(channel.peerAddress?.ipAddress ?? "")",
        "reason": "\(end.reason.rawValue)", "detail": "\(end.text)",
      ])
  }

  func messageRefused(_ device: DeviceID, _ reason: any Error) {
    logger.debug("message refused", metadata: ["device.id": "\(device)", "reason": "\(reason)"])
  }

  func refused(_ rejection: Rejection) {
    logger.info(
      "handshake refused",
      metadata: [
        "peer.address": "\(rejection.address)", "identity": "\(Credential.display(rejection.identity))",
        "reason": "\(rejection.reason)", "count": "\(rejection.count)",
      ])
  }

  // MARK: The broker

  func bridge(_ event: BridgeEvent) {
    switch event {
    case .congested: logger.warning("broker too slow, devices are not read")
    case .relieved: logger.notice("broker keeps up again, devices are read")
    // The bridge logs these itself.
    case .connected, .disconnected, .rejected: break
    }
  }
}
