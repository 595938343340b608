import Foundation
import Synchronization

/// A broker that closes the connection when it gets a certain payload, without a word, and acknowledges everything else.
///
/// It speaks as little of MQTT 5 as the bridge needs: CONNACK, PUBACK.
final class TouchyBroker: Sendable {
  private let listener: SilentListener
  private let poison: [UInt8]
  private let poisoned = Atomic<Int>(0)

  var port: Int { listener.port }
  /// How often it got the payload.
  var closedConnections: Int { poisoned.load(ordering: .relaxed) }

  init(poison: String) throws {
    self.poison = Array(poison.utf8)
    listener = try SilentListener()
    let descriptor = listener.descriptor
    let serve: @Sendable (Int32) -> Void = { [weak self] in self?.serve($0) }
    // Ends with the listener, which this object closes.
    Thread.detachNewThread {
      while case let connection = accept(descriptor, nil, nil), connection >= 0 {
        Thread.detachNewThread { serve(connection) }
      }
    }
  }

  private func serve(_ connection: Int32) {
    defer { close(connection) }
    while let (type, body) = packet(connection) {
      switch type >> 4 {
      case 1: send([0x20, 3, 0, 0, 0], connection)
      case 3:
        let topicEnd = 2 + Int(body[0]) << 8 + Int(body[1])
        // At QoS 1 the packet identifier follows, and a property length of 0.
        guard body[(topicEnd + 3)...] != poison[...] else {
          poisoned.add(1, ordering: .relaxed)
          return
        }
        send([0x40, 2, body[topicEnd], body[topicEnd + 1]], connection)
      default: return
      }
    }
  }

  /// The next packet's first byte, and what follows its length; lengths over 127 are not needed here.
  private func packet(_ connection: Int32) -> (UInt8, [UInt8])? {
    guard let head = bytes(2, connection), head[1] < 128, let body = bytes(Int(head[1]), connection) else { return nil }
    return (head[0], body)
  }

  private func bytes(_ count: Int, _ connection: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    if count > 0, unsafe recv(connection, &bytes, count, Int32(MSG_WAITALL)) != count { return nil }
    return bytes
  }

  private func send(_ bytes: [UInt8], _ connection: Int32) {
    _ = unsafe Foundation.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }
}
