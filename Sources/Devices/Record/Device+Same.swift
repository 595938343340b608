import Model

extension Device {
  /// Whether both say the same, keys included, wherever they were read.
  public func isSame(as other: Device) -> Bool {
    id == other.id && credential.isSame(as: other.credential) && hasSameNext(as: other)
      && isEnabled == other.isEnabled && `protocol` == other.protocol && tls == other.tls && from == other.from
      && sessions == other.sessions && labels == other.labels && topics == other.topics && publish == other.publish
      && subscribe == other.subscribe && quota == other.quota && ack == other.ack && rotation == other.rotation
      && acceptsWeakKey == other.acceptsWeakKey
  }

  private func hasSameNext(as other: Device) -> Bool {
    guard let next, let otherNext = other.next else { return next == nil && other.next == nil }
    return next.isSame(as: otherNext)
  }
}

extension Credential {
  /// Whether identity and key are the same.
  func isSame(as other: Credential) -> Bool { identity == other.identity && key.isEqual(to: other.key) }
}
