import Control

extension GatewayStatus.Spool {
  /// As people read it.
  var text: String {
    let waiting = messages > 0 ? "\(count(messages, "message")) (\(bytes) bytes) on disk" : "empty"
    let age = oldestSeconds.map { $0 > 0 ? ", the oldest \($0) s old" : "" } ?? ""
    let rejected = setAside > 0 ? ", \(setAside) set aside" : ""
    return waiting + age + rejected + (isFailing ? ", and the disk takes no more" : "")
  }
}
