public import Platform

/// A range of addresses as CIDR says it: `192.0.2.0/24`, `2001:db8::/32`, or one address (RFC 4632 §3.1).
public struct AddressRange: Sendable, Hashable, CustomStringConvertible {
  /// The first address of the range.
  public let address: IPAddress
  /// How many leading bits all its addresses share.
  public let prefixLength: Int

  /// Takes `text` if it is an address, with or without `/` and a prefix length.
  ///
  /// - Throws: ``DevicesError/invalidAddressRange(_:reason:)``.
  public init(_ text: String) throws(DevicesError) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(String(parts[0])) else {
      throw .invalidAddressRange(text, reason: "'\(parts[0])' is not an IPv4 or IPv6 address")
    }
    self.address = address
    prefixLength = try Self.prefixLength(parts.count == 2 ? parts[1] : nil, of: address, in: text)
  }

  /// Whether `other` lies in the range.
  public func contains(_ other: IPAddress) -> Bool {
    address.family == other.family && other.masked(to: prefixLength) == address
  }

  /// `192.0.2.0/24`.
  public var description: String { "\(address)/\(prefixLength)" }

  private static func prefixLength(
    _ digits: Substring?, of address: IPAddress, in text: String
  ) throws(DevicesError) -> Int {
    let longest = address.family.bitCount
    guard let digits else { return longest }
    guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let length = Int(digits), length <= longest else {
      throw .invalidAddressRange(text, reason: "the prefix length is 0 to \(longest)")
    }
    let first = address.masked(to: length)
    guard first == address else {
      throw .invalidAddressRange(text, reason: "it has bits beyond its prefix; the range is \(first)/\(length)")
    }
    return length
  }
}
