import Model

/// `NAME.yaml`: one device, as it is written in its file.
enum DeviceFile {
  /// What follows the id in the file's name.
  static let suffix = ".yaml"

  /// Every field that the file may have.
  static let fields = [
    "identity", "identity_hex", "key", "next", "enabled", "protocol", "tls", "from", "sessions", "max_sessions",
    "labels", "topics", "publish", "subscribe", "quota", "ack", "rotation", "weak_key",
  ]

  /// Reads a device from the contents of its file.
  ///
  /// - Parameters:
  ///   - bytes: the contents.
  ///   - id: the file's name.
  ///   - path: the file, for messages.
  ///   - sealer: opens its keys.
  /// - Returns: the device, or nil if it cannot be used, and what is wrong.
  static func parse(
    _ bytes: [UInt8], id: DeviceID, path: String, _ sealer: KeySealer
  ) -> (device: Device?, problems: [Problem]) {
    do throws(Problem) {
      let keys = WrittenKeys(HiddenKeys(bytes), sealer)
      guard let root = try YAMLText.parse(keys.hidden.text, path: path) else {
        return (nil, [Problem(.error, path: path, "is empty: a device needs at least a key")])
      }
      let problems = YAMLProblems(path: path)
      guard let mapping = YAMLMapping(root, allowed: fields, name: "the file", problems: problems) else {
        return (nil, problems.all)
      }
      let device = device(id, mapping, keys, Source(kind: .file, path: path, line: mapping.line))
      return (problems.hasErrors ? nil : device, problems.all)
    } catch {
      return (nil, [error])
    }
  }

  /// Reads a device's fields.
  static func device(
    _ id: DeviceID, _ mapping: YAMLMapping, _ keys: WrittenKeys, _ source: Source
  ) -> Device? {
    let acceptsWeakKey = acceptsWeakKey(mapping)
    let current = credential(mapping, keys, identity: Array(id.name.utf8), id, acceptsWeakKey)
    guard let current else { return nil }
    var device = Device(id: id, identity: current.identity, key: current.key)
    device.source = source
    device.acceptsWeakKey = acceptsWeakKey
    if let next = mapping.mapping("next", allowed: ["identity", "identity_hex", "key", "since"]) {
      device.next = credential(next, keys, identity: current.identity, id, acceptsWeakKey)
      device.nextSince = time(next, "since")
    }
    device.isEnabled = mapping.boolean("enabled") ?? true
    device.protocol = mapping.choice("protocol", of: DeviceProtocol.self) ?? .auto
    device.tls = mapping.choice("tls", of: TLSRequirement.self) ?? .any
    device.ack = mapping.boolean("ack") ?? false
    device.rotation = mapping.choice("rotation", of: RotationMethod.self) ?? .manual
    device.topics = mapping.choice("topics", of: TopicNaming.self)
    device.publish = mapping.list("publish", TopicFilter.init(_:))
    device.subscribe = mapping.list("subscribe", TopicFilter.init(_:))
    device.from = addresses(mapping)
    device.sessions = sessions(mapping)
    device.labels = labels(mapping, keys.hidden)
    device.quota = quota(mapping)
    return device
  }

  private static func acceptsWeakKey(_ mapping: YAMLMapping) -> Bool {
    guard let word = mapping.text("weak_key") else { return false }
    if word != "accepted" {
      mapping.report("weak_key", "weak_key is not 'accepted': write that, or leave it out")
    }
    return word == "accepted"
  }

  /// An identity and its key; `identity` is taken where the mapping has none.
  private static func credential(
    _ mapping: YAMLMapping, _ keys: WrittenKeys, identity byDefault: [UInt8], _ id: DeviceID, _ acceptsWeakKey: Bool
  ) -> Credential? {
    let identity = identity(mapping) ?? byDefault
    guard let key = key(mapping, keys, identity, acceptsWeakKey) else { return nil }
    for warning in KeyWarning.all(of: key, identity: identity, id: id) { mapping.report("key", warning, .warning) }
    return Credential(identity: identity, key: key)
  }

  /// What the mapping says that the device presents; nil if it does not say so.
  static func identity(_ mapping: YAMLMapping) -> [UInt8]? {
    let text = mapping.text("identity").map { Array($0.utf8) }
    guard let digits = mapping.text("identity_hex") else {
      return checked(text, "identity", mapping)
    }
    guard !mapping.has("identity") else {
      mapping.report("identity_hex", "identity and identity_hex are both there; keep one")
      return nil
    }
    var bytes: [UInt8] = []
    Hexadecimal.decode(Array(digits.utf8).span, into: &bytes)
    guard bytes.count * 2 == digits.utf8.count else {
      mapping.report("identity_hex", "identity_hex is not pairs of hex digits")
      return nil
    }
    return checked(bytes, "identity_hex", mapping)
  }

  private static func checked(_ identity: [UInt8]?, _ field: String, _ mapping: YAMLMapping) -> [UInt8]? {
    guard let identity else { return nil }
    guard Credential.identityLengths.contains(identity.count) else {
      mapping.report(field, "\(field) has \(identity.count) bytes: an identity has 1 to 256")
      return nil
    }
    return identity
  }

  private static func key(
    _ mapping: YAMLMapping, _ keys: WrittenKeys, _ identity: [UInt8], _ acceptsWeakKey: Bool
  ) -> SecretBytes? {
    guard mapping.has("key") else {
      mapping.report("key", "key is missing: write key: \"...\", 16 to 64 bytes in hex")
      return nil
    }
    guard let text = mapping.quotedText("key") else { return nil }
    var digits = keys.hidden.digits(for: text)
    defer { wipe(&digits) }
    do throws(KeyError) {
      return try keys.sealer.key(digits.span, of: identity.span, acceptingWeak: acceptsWeakKey)
    } catch {
      mapping.report("key", "the key \(error)")
      return nil
    }
  }

  /// The keys of the file that is read, and what opens them.
  /// Keys as a file has them, and who opens them.
  struct WrittenKeys {
    let hidden: HiddenKeys
    let sealer: KeySealer

    init(_ hidden: HiddenKeys, _ sealer: KeySealer) {
      self.hidden = hidden
      self.sealer = sealer
    }
  }
}
