import Model

/// Bundles as text.
enum BundleText {
  /// The contents of a bundle with these credentials, a line each. The caller wipes it.
  ///
  /// - Parameters:
  ///   - credentials: identities and their keys.
  ///   - sealer: seals the keys, where there is a master key.
  /// - Returns: the text.
  /// - Throws: ``DevicesError/invalidCredential(identity:reason:)`` if one would not be read back as it is.
  static func text(of credentials: [Credential], _ sealer: KeySealer) throws(DevicesError) -> [UInt8] {
    var text: [UInt8] = []
    let longestKey = sealer.versions.isEmpty ? 2 * PresharedKey.maximumLength : SealedKey.maximumLength
    // A colon and a newline each; enough, so that no copy stays behind.
    text.reserveCapacity(credentials.reduce(0) { $0 + $1.identity.count + longestKey + 2 })
    for credential in credentials {
      let start = text.count
      text += credential.identity
      text.append(UInt8(ascii: ":"))
      var key = sealer.text(of: credential.key, identity: credential.identity)
      text += key
      wipe(&key)
      if let reason = reasonAgainst(text.span.extracting(start...), credential) {
        wipe(&text)
        throw .invalidCredential(identity: Credential.display(credential.identity), reason: reason)
      }
      text.append(UInt8(ascii: "\n"))
    }
    return text
  }

  /// Whether a line has an entry with one of these ids.
  static func has(anyOf ids: Set<DeviceID>, _ line: Span<UInt8>) -> Bool {
    guard let parts = BundleLine(line) else { return false }
    let identity = line.extracting(parts.identity)
    if ids.count == 1, let id = ids.first, DeviceID.isIdentity(identity) {
      return identity.isEqual(to: Array(id.name.utf8).span)
    }
    // Only an empty identity has no id.
    guard let id = try? DeviceID(bundleIdentity: identity) else { return false }
    return ids.contains(id)
  }

  /// The identity and key of a line; nil if it has none that can be used.
  static func credential(_ line: Span<UInt8>, _ sealer: KeySealer) -> Credential? {
    guard let parts = BundleLine(line), let place = parts.key, !parts.identity.isEmpty else { return nil }
    let identity = line.extracting(parts.identity)
    guard let key = try? sealer.key(line.extracting(place), of: identity, acceptingWeak: false) else { return nil }
    return Credential(identity: identity.array, key: key)
  }

  private static func reasonAgainst(_ line: Span<UInt8>, _ credential: Credential) -> String? {
    let identity = credential.identity
    guard Credential.identityLengths.contains(identity.count) else { return "an identity has 1 to 256 bytes" }
    guard let parts = BundleLine(line), !identity.contains(UInt8(ascii: "\n")),
      parts.identity == 0..<identity.count
    else { return "it has a ':', a line break, a '#' at the start or a blank at an end; give it a file of its own" }
    do throws(KeyError) {
      try PresharedKey.check(byteCount: credential.key.count)
      return nil
    } catch {
      return "the key \(error)"
    }
  }
}
