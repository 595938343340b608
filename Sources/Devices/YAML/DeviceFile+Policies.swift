import FoundationEssentials

/// The fields that are more than a word.
extension DeviceFile {
  /// A point in time (RFC 3339).
  static func time(_ mapping: YAMLMapping, _ field: String) -> Date? {
    guard let text = mapping.text(field) else { return nil }
    do {
      return try Date(text, strategy: .iso8601)
    } catch {
      mapping.report(field, "\(field) is not a time in UTC: write \(field): \"2026-01-31T12:00:00Z\"")
      return nil
    }
  }

  static func addresses(_ mapping: YAMLMapping) -> [AddressRange] {
    let ranges = mapping.list("from", AddressRange.init(_:))
    // An empty list could mean "nobody" as well as "anybody".
    if ranges?.isEmpty == true {
      mapping.report("from", "from is empty: list at least one address range, or leave it out")
    }
    return ranges ?? []
  }

  static func sessions(_ mapping: YAMLMapping) -> SessionPolicy {
    let maximum = mapping.integer("max_sessions", in: SessionPolicy.maximumSessions)
    guard mapping.choice("sessions", of: SessionWord.self) == .perClientID else {
      if mapping.has("max_sessions") { mapping.report("max_sessions", "max_sessions needs sessions: per-client-id") }
      return .one
    }
    return .perClientID(maximum: maximum ?? SessionPolicy.defaultMaximum)
  }

  static func labels(_ mapping: YAMLMapping, _ keys: HiddenKeys) -> [String: String] {
    guard let labels = mapping.mapping("labels", allowed: nil) else { return [:] }
    var result: [String: String] = [:]
    for name in labels.names {
      // A label may be called key as well.
      let value = labels.text(name).map { String(decoding: keys.digits(for: $0), as: UTF8.self) } ?? ""
      if !labelLengths.contains(name.utf8.count) || value.utf8.count > maximumLabelLength {
        labels.report(name, "a label's name has 1 to 64 bytes and its value at most \(maximumLabelLength)")
      }
      result[name] = value
    }
    return result
  }

  static func quota(_ mapping: YAMLMapping) -> Quota {
    guard let quota = mapping.mapping("quota", allowed: quotaFields) else { return Quota() }
    return Quota(
      messagesPerSecond: quota.integer(quotaFields[0], in: Quota.range),
      bytesPerSecond: quota.integer(quotaFields[1], in: Quota.range),
      payloadBytes: quota.integer(quotaFields[2], in: Quota.range))
  }

  /// How ``SessionPolicy`` is written.
  enum SessionWord: String, CaseIterable {
    case one
    case perClientID = "per-client-id"
  }

  /// The fields of `quota`, in the order of ``Quota``.
  static let quotaFields = ["messages_per_second", "bytes_per_second", "payload_bytes"]

  private static let labelLengths = 1...64
  private static let maximumLabelLength = 256
}
