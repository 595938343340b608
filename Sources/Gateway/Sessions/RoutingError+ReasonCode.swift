import Routing
import Sessions

extension RoutingError {
  /// What an MQTT 5 device is told of a message that has no way (MQTT 5 §3.4.2.1).
  var reasonCode: ReasonCode {
    switch self {
    case .topicReserved, .topicNotAllowed: .notAuthorized
    case .topicTooLong, .topicTooDeep, .textUnsendable: .topicNameInvalid
    case .invalidNode, .invalidTemplate, .invalidFilter: .unspecifiedError
    }
  }
}
