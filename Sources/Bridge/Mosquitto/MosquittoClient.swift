import CMosquitto
import Model
import Platform

/// An MQTT client of libmosquitto, of version 5 or, for a broker that knows no other, 3.1.1, with its connection and its
/// window: what the broker has not answered for when a
/// connection ends is sent again, as it stands, when it is connected once more.
///
/// Used by one thread at a time: whoever made it may hand it over. All input and output happens within
/// ``connect(to:keepAlive:)``, ``read()``, ``write()`` and ``keepAlive()``, and what happened is fetched with
/// ``takeEvents()``: also an acknowledgement that came before ``publish(_:)`` had returned.
@safe
final class MosquittoClient: @unchecked Sendable {
  // Owned: made in init, freed in deinit. Its user data is this object, unretained, which outlives it.
  let handle: OpaquePointer
  private var events: [MosquittoEvent] = []
  private var queuedSinceWrite = 0
  /// Why the connection ended, or will end.
  private var endReason: String?
  /// What libmosquitto complained about last while connecting: its return codes alone say little of TLS.
  private var complaint: String?

  private let sessionExpiry: UInt32
  /// Which version of MQTT it speaks.
  let version: BrokerVersion
  /// Whether the broker has said that it does not know that version.
  private(set) var isVersionRefused = false

  /// Makes a client with this id, window and last will, whose session the broker keeps for `sessionExpiry` seconds without a
  /// connection; with 0 each connection begins anew.
  ///
  /// - Throws: ``BridgeError/connection(_:)``.
  init(
    id: String, window: Int, will: Message?, broker: BrokerAddress, version: BrokerVersion = .v5,
    sessionExpiry: UInt32 = MosquittoClient.aDay
  ) throws(BridgeError) {
    _ = Self.library
    self.sessionExpiry = sessionExpiry
    self.version = version
    guard let handle = unsafe mosquitto_new(id, sessionExpiry == 0, nil) else {
      throw .connection("client id '\(id)' is not usable")
    }
    unsafe self.handle = handle
    unsafe mosquitto_user_data_set(handle, Unmanaged.passUnretained(self).toOpaque())
    setCallbacks()
    try setOptions(window: window)
    if let will { try setWill(will) }
    try setCredentials(of: broker)
    try setSecurity(broker.security)
  }

  deinit { unsafe mosquitto_destroy(handle) }

  /// How long the broker may keep the session of an uplink connection, in seconds.
  static let aDay: UInt32 = 86_400

  /// Connects to `broker`, always the same one: looks its name up and waits for TCP, so it may take minutes. TLS and MQTT follow with
  /// ``read()`` and ``write()``.
  ///
  /// - Throws: ``BridgeError/connection(_:)``.
  func connect(to broker: BrokerAddress, keepAlive: Duration) throws(BridgeError) {
    (events, queuedSinceWrite, endReason, complaint) = ([], 0, nil, nil)
    listenToComplaints()
    let seconds = CInt(clamping: keepAlive.components.seconds)
    try unsafe withSessionExpiry(sessionExpiry) { properties throws(BridgeError) in
      try check(unsafe mosquitto_connect_bind_v5(handle, broker.host, CInt(broker.port), seconds, nil, properties))
    }
    closeOnExec(descriptor)
  }

  /// The socket, to wait on; -1 when there is none.
  var descriptor: CInt { unsafe mosquitto_socket(handle) }

  /// Whether something waits to be written.
  var wantsWrite: Bool { unsafe mosquitto_want_write(handle) }

  /// Queues `message` for ``write()``. Never call it without a connection: libmosquitto would keep the message.
  func publish(_ message: Message) -> PublishResult {
    var id: CInt = 0
    let code = unsafe withProperties(message.properties) { properties in
      unsafe message.payload.withUnsafeBytes { payload in
        unsafe mosquitto_publish_v5(
          handle, &id, message.topic.name, CInt(clamping: payload.count), payload.baseAddress,
          CInt(message.qos.rawValue), message.retain, properties)
      }
    }
    queuedSinceWrite += 1
    switch MosquittoCode(code) {
    case .success: return .accepted(id: UInt16(truncatingIfNeeded: id))
    case .notConnected: return .notConnected
    case .failed(let reason): return .refused(reason)
    }
  }

  /// Writes what is queued, as far as the socket takes it; several messages leave in few packets.
  func write() -> ConnectionState {
    let corks = queuedSinceWrite > 1
    queuedSinceWrite = 0
    if corks { setCork(descriptor, true) }
    let result = state(after: unsafe mosquitto_loop_write(handle, 1))
    if corks, case .open = result { setCork(descriptor, false) }
    return result
  }

  /// Reads what has arrived, until nothing is left inside TLS, where poll(2) would not see it.
  func read() -> ConnectionState {
    var result = state(after: unsafe mosquitto_loop_read(handle, 1))
    while case .open = result, unsafe gw_mosquitto_tls_pending(handle) != 0 {
      result = state(after: unsafe mosquitto_loop_read(handle, 1))
    }
    return result
  }

  /// Asks a silent broker for a sign of life, and notices when it gives none; to be called every second or so.
  func keepAlive() -> ConnectionState { state(after: unsafe mosquitto_loop_misc(handle)) }

  /// Queues a DISCONNECT that has the broker forget the session; the connection ends when it has been written.
  ///
  /// - Parameter publishingWill: makes the broker publish the last will (MQTT 5 §3.14.2.1), which a plain DISCONNECT
  ///   takes back.
  func disconnect(publishingWill: Bool) {
    // MQTT 3.1.1 knows no reasons: its DISCONNECT takes the will back.
    let keepsWill = publishingWill && version == .v5
    let reason = keepsWill ? MQTT_RC_DISCONNECT_WITH_WILL_MSG : MQTT_RC_NORMAL_DISCONNECTION
    unsafe withSessionExpiry(0) { properties in
      // It fails only without a connection, which is what is wanted.
      _ = unsafe mosquitto_disconnect_v5(handle, CInt(reason.rawValue), properties)
    }
  }

  /// Queues a DISCONNECT after which the broker keeps the session for so many seconds.
  func disconnect(keepingSession seconds: UInt32) {
    unsafe withSessionExpiry(seconds) { properties in
      // It fails only without a connection, which is what is wanted.
      _ = unsafe mosquitto_disconnect_v5(handle, CInt(MQTT_RC_NORMAL_DISCONNECTION.rawValue), properties)
    }
  }

  /// What has happened since the last call, in order.
  func takeEvents() -> [MosquittoEvent] {
    defer { events.removeAll(keepingCapacity: true) }
    return events
  }

  /// Throws what a failed set-up call or the last complaint says.
  func check(_ code: CInt) throws(BridgeError) {
    if case .open = state(after: code, needsSocket: false) { return }
    throw .connection(endReason ?? "failed")
  }

  private func state(after code: CInt, needsSocket: Bool = true) -> ConnectionState {
    let outcome = MosquittoCode(code)
    if case .success = outcome, !needsSocket || descriptor >= 0 { return .open }
    let reason = [endReason ?? outcome.description, complaint].compactMap(\.self).joined(separator: ": ")
    endReason = reason
    complaint = nil
    return .closed(reason: reason)
  }
}

// What the callbacks call, on the thread that called read(), write() or keepAlive().
extension MosquittoClient {
  func connectionAnswered(_ reason: UInt8, _ session: BrokerSession) {
    stopListeningToComplaints()
    complaint = nil
    if reason == 0 {
      events.append(.connected(session))
    } else {
      isVersionRefused = version == .v5 && MosquittoCode.isVersionRefused(reason)
      endReason = "the broker refused the connection: \(MosquittoCode.text(ofReason: reason))"
    }
  }

  func subscribed(_ id: UInt16, reason: UInt8) { events.append(.subscribed(id: id, reason: reason)) }

  func received(_ message: ReceivedMessage) { events.append(.received(message)) }

  func published(_ id: UInt16, reason: UInt8) { events.append(.published(id: id, reason: reason)) }

  func disconnected(_ reason: String) { if endReason == nil { endReason = reason } }

  func complained(_ text: String) { complaint = text }
}
