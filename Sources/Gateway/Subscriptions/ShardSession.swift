import Bridge
import Devices
import Model
import Routing
import Sessions
import Storage

/// The session of one MQTT client id of one device: what it has subscribed to, and what is left of it between two connections.
/// It belongs to its shard's event loop.
final class ShardSession {
  /// Which one, among all of this run.
  let number: UInt64
  let device: DeviceID
  let clientID: String
  /// Its name on disk; nil for a session that ends with its connection.
  var storeID: Int64?
  var expiryInterval: UInt32 = 0
  var connection: Connection?
  /// How many sessions its device may have.
  var most = 1
  /// Who waits for the older connection to let go.
  var next: (request: AttachRequest, reply: AttachAnswer)?
  var subscriptions: [SubscriptionFilter: ShardSubscription] = [:]
  /// What the last connection that was let in has left under way; also while the next one has it.
  var remains = SessionState()
  /// Where its device may answer what it was told.
  var replyTopics = ReplyTopics()
  var will: Will?
  /// When the session ends, and its will is published at the latest.
  var expiresAt: ContinuousClock.Instant?
  /// How much waits on disk; counted while there is no connection.
  var queuedMessages = 0
  var queuedBytes = 0
  /// The last message that it matched, and its place among those who did: so that a message reaches it once.
  var match: (stamp: UInt64, place: Int) = (0, 0)

  init(number: UInt64, device: DeviceID, clientID: String) {
    self.number = number
    self.device = device
    self.clientID = clientID
  }

  /// Whether this is its client id: byte by byte, as everywhere in MQTT.
  func has(_ clientID: String) -> Bool { self.clientID.utf8.elementsEqual(clientID.utf8) }

  struct Connection {
    let port: ConnectionPort
    /// Whether the device has been let in; what comes before waits in ``early``.
    var isReady = false
    /// Whether what is on disk is being read: what comes now is not in it.
    var early: [SessionDelivery] = []
  }

  struct Will {
    let id: Int64
    /// As the device wrote it; nil for one of an earlier run.
    var original: Message?
    var message: Message
    let delay: UInt32
    /// When it is published; nil while there is a connection.
    var due: ContinuousClock.Instant?
  }

  /// Whether some subscription is not to bring what the device itself has said.
  var marksOrigin: Bool { subscriptions.values.contains { $0.order.request.noLocal } }
}

/// One subscription of a session.
final class ShardSubscription {
  /// Its session goes with its subscriptions.
  unowned let session: ShardSession
  let order: SubscriptionOrder
  let target: SubscriptionTarget
  /// The upstream subscription that its messages come from.
  let upstream: Int

  init(_ session: ShardSession, _ order: SubscriptionOrder, _ target: SubscriptionTarget, upstream: Int) {
    self.session = session
    self.order = order
    self.target = target
    self.upstream = upstream
  }

  var qos: QualityOfService { order.request.qos }
  /// As the device writes it.
  var name: SubscriptionFilter { order.request.filter }

  /// Those who share what comes, each message going to one of them: those of all devices, or for topics that are the
  /// device's own only its connections.
  var group: SubscriptionFilter? {
    order.request.filter.group.map { SubscriptionFilter(target.filter, group: $0) }
  }
}

/// What names a subscription in the tree.
struct SubscriptionKey: Hashable {
  let session: UInt64
  let filter: SubscriptionFilter
}
