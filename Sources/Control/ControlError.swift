/// Why gwctl has no answer from the gateway.
public enum ControlError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The path has more bytes than ``ControlClient/longestPath``.
  case pathTooLong(String)
  /// There is no socket, or nobody listens on it.
  case notRunning(path: String)
  /// The socket is there, but not for this user.
  case permissionDenied(path: String)
  /// The system would not connect, or broke the connection off.
  case unreachable(path: String, reason: String)
  /// No whole reply came within the limit.
  case timedOut(path: String, limit: Duration)
  /// The reply has more bytes than are read.
  case replyTooLarge(limit: Int)
  /// The reply is none that this program understands.
  case badReply(reason: String)
  /// The gateway went in the middle of a reply.
  case lost(path: String)
  /// The gateway answered no, and why.
  case refused(status: Int, message: String)

  /// One line that says what was wrong and what to do.
  public var description: String {
    switch self {
    case .pathTooLong(let path):
      "the control socket's path has \(path.utf8.count) bytes, and \(ControlClient.longestPath) are allowed: "
        + "name a shorter one with --control: \(path)"
    case .notRunning(let path):
      "no gateway was found running at \(path): start gatewayd, or name its socket with --control"
    case .permissionDenied(let path):
      "permission denied at \(path): run this as the gateway's user or as root"
    case .unreachable(let path, let reason):
      "the gateway at \(path) cannot be reached: \(reason)"
    case .timedOut(let path, let limit):
      "the gateway at \(path) did not answer within \(limit): look at its log"
    case .replyTooLarge(let limit):
      "the gateway's reply is larger than \(limit) bytes"
    case .badReply(let reason):
      "the gateway's reply was not understood (are gwctl and gatewayd of one version?): \(reason)"
    case .lost(let path):
      "the gateway at \(path) has gone without a word: look at its log"
    case .refused(let status, let message):
      "the gateway refused (\(status)): \(message)"
    }
  }
}
