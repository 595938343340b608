import Devices
import FoundationEssentials
import Model

extension DeviceReport {
  /// Reports `device`; its keys only if `revealsKey`.
  init(_ device: Device, revealsKey: Bool = false) {
    id = device.id.name
    identity = String(validating: device.identity, as: UTF8.self)
    identityHex = hex(device.identity.span)
    key = revealsKey ? device.key.withBytes { hex($0) } : nil
    next = device.next.map { Next($0, since: device.nextSince, revealsKey: revealsKey) }
    enabled = device.isEnabled
    `protocol` = device.protocol.rawValue
    tls = device.tls.rawValue
    from = device.from.map(\.description)
    (sessions, maxSessions) = device.sessions.words
    labels = device.labels
    topics = device.topics?.rawValue
    publish = device.publish?.map(\.pattern)
    subscribe = device.subscribe?.map(\.pattern)
    quota = Quota(device.quota)
    ack = device.ack
    rotation = device.rotation.rawValue
    weakKey = device.acceptsWeakKey
    file = device.source?.path
    line = device.source?.line
  }
}

extension DeviceReport {
  /// Reports `device` without its keys, and whether it is connected.
  init(_ device: Device, _ presence: Presence) {
    self.init(device)
    self.presence = presence
  }
}

extension DeviceReport.Next {
  fileprivate init(_ credential: Credential, since: Date?, revealsKey: Bool) {
    self.since = since
    identity = String(validating: credential.identity, as: UTF8.self)
    identityHex = hex(credential.identity.span)
    key = revealsKey ? credential.key.withBytes { hex($0) } : nil
  }
}

extension DeviceReport.Quota {
  fileprivate init(_ quota: Devices.Quota) {
    messagesPerSecond = quota.messagesPerSecond
    bytesPerSecond = quota.bytesPerSecond
    payloadBytes = quota.payloadBytes
  }
}

extension SessionPolicy {
  /// As the file of a device says it: `sessions` and `max_sessions`.
  fileprivate var words: (String, Int?) {
    switch self {
    case .one: ("one", nil)
    case .perClientID(let maximum): ("per-client-id", maximum)
    }
  }
}
