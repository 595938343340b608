/// A key as it is written while it is sealed: `enc:v1:VERSION:HEX`.
///
/// VERSION is the master key's, HEX are a nonce of 96 bits, the ciphertext of AES-256-GCM, as long as the key, and its tag
/// of 128 bits. The additional data are `v1:` and the identity, so that a sealed key opens for this identity only.
struct SealedKey {
  /// The version of the master key that it is sealed under.
  let version: MasterKeyVersion
  /// Where the hex digits lie in the text.
  let digits: Range<Int>

  /// How many bytes a nonce has. Random ones are good for 2^32 keys under one master key (NIST SP 800-38D §8.3).
  static let nonceLength = 12
  /// How many bytes are not the key's.
  static let overhead = nonceLength + AESGCM.tagLength
  /// The longest one that there is, in characters.
  static let maximumLength =
    prefix.count + MasterKeyVersion.digitCount + 1 + 2 * (overhead + PresharedKey.maximumLength)
  /// What every sealed key begins with, of this format and of later ones.
  static let mark = Array("enc:".utf8)
  /// What the additional data begin with, before the identity.
  static let binding = Array("v1:".utf8)

  /// Takes `text` apart.
  ///
  /// - Throws: ``KeyError/malformedSeal``.
  init(_ text: Span<UInt8>) throws(KeyError) {
    let colon = Self.prefix.count + MasterKeyVersion.digitCount
    guard text.starts(with: Self.prefix), text.count > colon, text[colon] == UInt8(ascii: ":"),
      let version = MasterKeyVersion(digits: text.extracting(Self.prefix.count..<colon))
    else { throw .malformedSeal }
    self.version = version
    digits = colon + 1..<text.count
    let allowed = 2 * (Self.overhead + 1)...2 * (Self.overhead + PresharedKey.maximumLength)
    guard allowed.contains(digits.count), digits.count % 2 == 0,
      digits.allSatisfy({ Hexadecimal.value(of: text[$0]) != nil })
    else { throw .malformedSeal }
  }

  /// Whether `text` is meant to be a sealed key.
  static func isMeant(by text: Span<UInt8>) -> Bool { text.starts(with: mark) }

  /// The text of a key that was sealed to `bytes`: nonce, ciphertext, tag.
  static func text(_ bytes: Span<UInt8>, under version: MasterKeyVersion) -> [UInt8] {
    var text = prefix
    text.reserveCapacity(prefix.count + MasterKeyVersion.digitCount + 1 + 2 * bytes.count)
    text += "\(version):".utf8
    for index in bytes.indices { Hexadecimal.append(bytes[index], to: &text) }
    return text
  }

  private static let prefix = Array("enc:v1:".utf8)
}
