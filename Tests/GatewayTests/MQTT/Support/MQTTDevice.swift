import Glibc
import TestSupport
import Testing

/// An MQTT device over TLS-PSK that says and hears packets byte for byte, through a real `openssl s_client`.
final class MQTTDevice {
  /// What a CONNECT may say.
  struct Greeting {
    var version = MQTTVersion.v5
    var clientID: String?
    var userName: String?
    var cleanStart = true
    var properties: [MQTTProperty] = []
    var will: MQTTMessage?
    var keepAlive: UInt16 = 60
  }

  let version: MQTTVersion
  private let process: ChildProcess
  private var used = 0
  private var unread: [MQTTPacket] = []
  private var nextID: UInt16 = 1
  /// What the gateway has said to CONNECT.
  private(set) var connack = MQTTPacket(kind: .connack, flags: 0, body: [], version: .v5)

  fileprivate init(_ process: ChildProcess, _ greeting: Greeting, name: String) async throws {
    self.process = process
    version = greeting.version
    try send(greeting.packet(name: name))
    connack = try await next(.connack)
  }

  // MARK: Packets

  /// Sends a packet.
  func send(_ packet: [UInt8]) throws { try process.write(packet) }

  /// Waits for the next packet of `kind`, past others that are kept for whoever asks for them.
  func next(_ kind: MQTTPacket.Kind) async throws -> MQTTPacket {
    try await eventually("\(kind), but: \(unread.map(\.kind)) \(process.errorOutput)") {
      let isOver = process.exitStatus != nil
      take()
      if unread.contains(where: { $0.kind == kind }) { return true }
      if isOver { throw NeverHappened(description: "the connection ended before \(kind)") }
      return false
    }
    let place = unread.firstIndex { $0.kind == kind } ?? 0
    return unread.remove(at: place)
  }

  /// The packets of `kind` that have come and were not asked for.
  func waiting(_ kind: MQTTPacket.Kind) -> [MQTTPacket] {
    take()
    return unread.filter { $0.kind == kind }
  }

  private func take() {
    let bytes = Array(process.outputBytes.dropFirst(used))
    let (packets, count) = MQTTPacket.split(bytes, version)
    used += count
    unread += packets
  }

  private func takeID() -> UInt16 {
    defer { nextID += 1 }
    return nextID
  }

  // MARK: What devices do

  /// Subscribes to `filter` and returns the code. `options` are as on the wire: QoS, No Local 4, Retain As Published 8, Retain
  /// Handling 16 and 32.
  @discardableResult
  func subscribe(to filter: String, _ options: UInt8 = 1, _ properties: [MQTTProperty] = []) async throws -> UInt8 {
    var bytes = MQTTBytes()
    bytes.int16(takeID())
    if version == .v5 { bytes.properties(properties) }
    bytes.data(Array(filter.utf8))
    bytes.byte(options)
    try send(.packet(0x82, bytes))
    return try await next(.suback).codes.first ?? 0xff
  }

  /// Unsubscribes, and returns the code; 3.1.1 has none.
  @discardableResult
  func unsubscribe(from filter: String) async throws -> UInt8? {
    var bytes = MQTTBytes()
    bytes.int16(takeID())
    if version == .v5 { bytes.properties([]) }
    bytes.data(Array(filter.utf8))
    try send(.packet(0xa2, bytes))
    return try await next(.unsuback).codes.first
  }

  /// Publishes, and returns the reason code once it is there; 0 at QoS 0.
  @discardableResult
  func publish(
    _ topic: String, _ payload: String, qos: UInt8 = 1, retain: Bool = false, _ properties: [MQTTProperty] = []
  ) async throws -> UInt8 {
    var bytes = MQTTBytes()
    bytes.data(Array(topic.utf8))
    let id = takeID()
    if qos > 0 { bytes.int16(id) }
    if version == .v5 { bytes.properties(properties) }
    bytes.raw(Array(payload.utf8))
    try send(.packet(0x30 | qos << 1 | (retain ? 1 : 0), bytes))
    guard qos > 0 else { return 0 }
    let answer = try await next(qos == 1 ? .puback : .pubrec)
    if qos == 2, answer.reason < 0x80 {
      try acknowledge(0x62, id)
      _ = try await next(.pubcomp)
    }
    return answer.reason
  }

  /// The next message, acknowledged to the end.
  func nextMessage() async throws -> MQTTMessage {
    let message = try await next(.publish).message
    switch message.qos {
    case 1: try acknowledge(0x40, message.packetID)
    case 2:
      try acknowledge(0x50, message.packetID)
      _ = try await next(.pubrel)
      try acknowledge(0x70, message.packetID)
    default: break
    }
    return message
  }

  func acknowledge(_ header: UInt8, _ packetID: UInt16) throws {
    try send([header, 2, UInt8(packetID >> 8), UInt8(packetID & 0xff)])
  }

  /// Waits until the gateway has read everything so far.
  func ping() async throws {
    try send([0xc0, 0])
    _ = try await next(.pingresp)
  }

  // MARK: The end

  /// Says DISCONNECT, with a reason and properties if it is given any, and waits for the end.
  func disconnect(_ reason: UInt8? = nil, _ properties: [MQTTProperty] = []) async throws {
    var bytes = MQTTBytes()
    if let reason {
      bytes.byte(reason)
      bytes.properties(properties)
    }
    try send(.packet(0xe0, bytes))
    try await process.waitForExit()
  }

  /// Loses the connection.
  func drop() async throws {
    process.signal(SIGKILL)
    try await process.waitForExit()
  }

  /// Waits until the gateway has closed the connection.
  func waitForEnd() async throws { try await process.waitForExit() }
}

/// Connects as the device `name`, with its `key`, for the duration of `body`.
@discardableResult
func withMQTTDevice<Result>(
  _ gateway: RunningGateway, _ name: String = "demo", key: String = key(), _ greeting: MQTTDevice.Greeting = .init(),
  _ body: (MQTTDevice) async throws -> Result
) async throws -> Result {
  try await withLinesDevice(gateway, identity: name, key: key) { process in
    try await body(try await MQTTDevice(process, greeting, name: name))
  }
}

/// Connects as all of the devices `names` for the duration of `body`.
func withMQTTDevices<Result>(
  _ gateway: RunningGateway, _ names: [String], _ connected: [MQTTDevice] = [],
  _ body: ([MQTTDevice]) async throws -> Result
) async throws -> Result {
  guard let name = names.first else { return try await body(connected) }
  return try await withMQTTDevice(gateway, name) { device in
    try await withMQTTDevices(gateway, Array(names.dropFirst()), connected + [device], body)
  }
}

extension MQTTDevice.Greeting {
  /// The CONNECT of the device `name`.
  func packet(name: String) -> [UInt8] {
    var bytes = MQTTBytes()
    bytes.data(Array("MQTT".utf8))
    bytes.byte(version.rawValue)
    let willFlags: UInt8 = will.map { 0x04 | $0.qos << 3 | ($0.isRetained ? 0x20 : 0) } ?? 0
    bytes.byte(willFlags | (cleanStart ? 0x02 : 0) | (userName == nil ? 0 : 0x80))
    bytes.int16(keepAlive)
    if version == .v5 { bytes.properties(properties) }
    bytes.data(Array((clientID ?? name).utf8))
    if let will {
      if version == .v5 { bytes.properties(will.properties) }
      bytes.data(Array(will.topic.utf8))
      bytes.data(Array(will.payload.utf8))
    }
    if let userName { bytes.data(Array(userName.utf8)) }
    return .packet(0x10, bytes)
  }

  /// A session that outlives its connection.
  static func lasting(
    _ version: MQTTVersion = .v5, cleanStart: Bool = false, will: MQTTMessage? = nil, clientID: String? = nil
  ) -> MQTTDevice.Greeting {
    .init(
      version: version, clientID: clientID, cleanStart: cleanStart,
      properties: version == .v5 ? [.sessionExpiry(600)] : [], will: will)
  }
}

extension [UInt8] {
  /// A control packet with this first byte and body.
  static func packet(_ header: UInt8, _ body: MQTTBytes) -> [UInt8] {
    var bytes = MQTTBytes([header])
    bytes.variable(body.all.count)
    return bytes.all + body.all
  }
}
