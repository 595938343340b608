import Devices
import Model
import Routing
import Sessions
import Storage

/// A connection that wants its MQTT session.
struct AttachRequest: Sendable {
  let device: DeviceID
  let policy: SessionPolicy
  let clientID: String
  let cleanStart: Bool
  /// For how long the session is kept afterwards, in seconds.
  let expiryInterval: UInt32
  /// What is published if the connection ends unannounced.
  let will: SessionWill?
  let connection: ConnectionPort
}

/// What comes of it.
enum AttachReply: Sendable {
  case attached(AttachedSession)
  /// The session cannot be kept on disk now.
  case unavailable
  /// The device may not leave that will.
  case willRefused
}

/// Tells a connection what comes of it, on the connection's event loop: what is delivered next comes behind it.
typealias AttachAnswer = @Sendable (SessionHandler, AttachReply) -> Void

/// A session that a connection has.
struct AttachedSession: Sendable {
  /// Which one, among all of this run.
  let number: UInt64
  let isPresent: Bool
  let state: SessionState
  /// Where the device may answer commands: those that it has, and those that have waited for it.
  let replyTopics: ReplyTopics
  /// Whether what it publishes has to say whose it is, for it does not want to hear itself.
  let marksOrigin: Bool
}

/// The way to a connection, for other event loops.
struct ConnectionPort: Sendable {
  let loop: SessionLoop.Handle
  let connection: UInt64

  func tell(_ body: @escaping @Sendable (SessionHandler) -> Void) {
    let connection = connection
    loop.run { $0.session(connection).map(body) }
  }
}

/// A subscription that a device may have.
struct SubscriptionOrder: Sendable {
  let request: SubscriptionRequest
  let identifier: Int?
}
