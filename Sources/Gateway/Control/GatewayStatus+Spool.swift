import Control
import Storage

extension GatewayStatus.Spool {
  /// As operators are told of it.
  init(_ statistics: SpoolStatistics) {
    self.init(
      messages: statistics.messages, bytes: statistics.bytes,
      oldestSeconds: statistics.oldestAge.map { Int($0.components.seconds) }, setAside: statistics.setAside,
      isFailing: statistics.isFailing)
  }
}
