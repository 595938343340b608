import Platform

/// A range of addresses as CIDR says it: `192.0.2.0/24`, `2001:db8::/32`, or one address (RFC 4632 §3.1).
public struct NetworkRange: Sendable, Hashable, CustomStringConvertible {
  /// As it is written in gateway.yaml.
  public let description: String

  /// Takes an address, or an address and a prefix length behind which every bit is 0; nil if `text` is neither.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(String(parts[0])) else { return nil }
    if parts.count == 2 {
      guard parts[1].allSatisfy({ $0.isASCII && $0.isNumber }), let length = Int(parts[1]),
        length <= address.family.bitCount, address.masked(to: length) == address
      else { return nil }
    }
    description = text
  }
}
