/// Finds the message that makes the broker close the connection instead of refusing it, so that it is not sent for ever.
///
/// Some brokers end the connection of whoever publishes what they do not like. What was under way is sent again, and the
/// connection ends again. After three such ends without a single acknowledgement the messages in question are sent one at
/// a time, and the one that three more connections end with, alone, is the culprit.
struct Suspicion {
  private static let limit = 3
  /// Ends in a row without an acknowledgement.
  private var strikes = 0
  /// How many messages are still to be tried one at a time.
  private var suspects = 0

  /// Whether messages are sent one at a time now.
  var isolates: Bool { suspects > 0 }

  /// The broker has answered for a message: it is none of the culprits.
  mutating func answered() {
    strikes = 0
    if suspects > 0 { suspects -= 1 }
  }

  /// A connection has ended with `underWay` messages unacknowledged, just after something was sent.
  ///
  /// - Returns: whether the one message under way is the culprit.
  mutating func provoked(underWay: Int) -> Bool {
    guard underWay > 0 else { return false }
    strikes += 1
    guard strikes >= Self.limit else { return false }
    if isolates, underWay == 1 {
      answered()
      return true
    }
    // From here on they are tried alone, each as often again.
    if !isolates { suspects = underWay }
    strikes = 0
    return false
  }
}
