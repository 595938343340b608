/// A range of addresses as CIDR says it: `192.0.2.0/24`, `2001:db8::/32`, or one address (RFC 4632 §3.1).
///
/// A peer that reaches a dual-stack socket by IPv4 is in the IPv4 networks (RFC 4291 §2.5.5.2).
public struct IPNetwork: Sendable, Hashable, CustomStringConvertible {
  private let first: InternetAddress
  private let prefixLength: Int

  /// Takes `text` if it is an address, with or without `/` and a prefix length.
  ///
  /// - Throws: ``SecureServerError/invalidNetwork(_:reason:)``.
  public init(_ text: String) throws(SecureServerError) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = InternetAddress(String(parts[0])) else {
      throw .invalidNetwork(text, reason: "'\(parts[0])' is not an IPv4 or IPv6 address")
    }
    first = address
    prefixLength = try parts.count == 2 ? Self.prefixLength(parts[1], of: address, in: text) : address.bitCount
  }

  /// `192.0.2.0/24`.
  public var description: String { "\(first)/\(prefixLength)" }

  func contains(_ address: InternetAddress) -> Bool {
    address.bitCount == first.bitCount && address.masked(to: prefixLength) == first
  }

  private static func prefixLength(
    _ digits: Substring, of address: InternetAddress, in text: String
  ) throws(SecureServerError) -> Int {
    let longest = address.bitCount
    guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let length = Int(digits), length <= longest else {
      throw .invalidNetwork(text, reason: "the prefix length is 0 to \(longest)")
    }
    let first = address.masked(to: length)
    guard first == address else {
      throw .invalidNetwork(text, reason: "it has bits beyond its prefix; the network is \(first)/\(length)")
    }
    return length
  }
}
