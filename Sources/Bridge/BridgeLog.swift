import Logging
import Model

/// Every line that the bridge logs.
struct BridgeLog: Sendable {
  private let logger: Logger

  init(_ logger: Logger) { self.logger = logger }

  func connected(to broker: BrokerAddress, lane: Int, window: Int) {
    logger.notice(
      "connected to the broker",
      metadata: ["broker": "\(broker)", "lane": "\(lane)", "window": "\(window)"])
  }

  func disconnected(lane: Int, reason: String, retryIn pause: Duration) {
    logger.warning(
      "no connection to the broker",
      metadata: ["lane": "\(lane)", "reason": "\(reason)", "retry": "\(pause)"])
  }

  func brokerIsOld(_ broker: BrokerAddress) {
    logger.warning(
      "the broker knows no MQTT 5: properties of messages are lost, and what it refuses it does not tell",
      metadata: ["broker": "\(broker)"])
  }

  func attemptFailed(at broker: BrokerAddress, lane: Int, reason: String) {
    logger.debug("broker not usable", metadata: ["broker": "\(broker)", "lane": "\(lane)", "reason": "\(reason)"])
  }

  func downlinkConnected(to broker: BrokerAddress, id: String) {
    logger.info("connected to the broker for what comes down", metadata: ["broker": "\(broker)", "client.id": "\(id)"])
  }

  func downlinkDisconnected(id: String, reason: String, retryIn pause: Duration) {
    logger.warning(
      "no connection to the broker for what comes down",
      metadata: ["client.id": "\(id)", "reason": "\(reason)", "retry": "\(pause)"])
  }

  func congested() { logger.warning("too much waits for the broker") }

  func relieved() { logger.notice("the outbox has room again") }

  func rejected(_ topic: Topic, code: UInt8, reason: String, silenced: Int) {
    logger.warning(
      "the broker refused a message",
      metadata: ["topic": "\(topic)", "code": "\(code)", "reason": "\(reason)", "silenced": "\(silenced)"])
  }

  func unsendable(_ topic: Topic, reason: String, silenced: Int) {
    logger.warning(
      "a message cannot be sent", metadata: ["topic": "\(topic)", "reason": "\(reason)", "silenced": "\(silenced)"])
  }

  func setAside(_ topic: Topic) {
    logger.error(
      "set a message aside: each connection to the broker ended with it", metadata: ["topic": "\(topic)"])
  }

  func spoolFull() { logger.error("the spool is full: devices are slowed down, then refused") }

  func spoolHasRoom() { logger.notice("the spool has room again") }

  func sessionForgotten(lane: Int) {
    logger.info("the broker has forgotten the session, what was under way is sent anew", metadata: ["lane": "\(lane)"])
  }

  func shed(_ count: Int, reason: DropReason) {
    logger.warning("dropped QoS 0 messages", metadata: ["count": "\(count)", "reason": "\(reason)"])
  }

  func brokerListening(port: Int, id: Int32) {
    logger.notice("embedded broker listening", metadata: ["address": "127.0.0.1", "port": "\(port)", "pid": "\(id)"])
  }

  /// mosquitto's own words, at its own level.
  func brokerSaid(_ line: String) {
    let isTrouble = line.hasPrefix("Error") || line.hasPrefix("Warning")
    logger.log(level: isTrouble ? .warning : .debug, "mosquitto", metadata: ["line": "\(line)"])
  }

  func brokerEnded(_ reason: String, retryIn pause: Duration) {
    logger.error(
      "embedded broker ended, it is started again", metadata: ["reason": "\(reason)", "retry": "\(pause)"])
  }

  func stopped(unsettled: Int) {
    logger.notice("bridge stopped", metadata: ["unsettled": "\(unsettled)"])
  }
}
