/// An IPv4 or IPv6 address.
public struct IPAddress: Sendable, Hashable, CustomStringConvertible {
  /// Which kind of address.
  public enum Family: Sendable {
    /// IPv4.
    case v4
    /// IPv6.
    case v6

    /// How many bits an address has.
    public var bitCount: Int { self == .v4 ? 32 : 128 }
  }

  /// Which kind of address.
  public let family: Family
  /// Its bits, the first address bit highest; IPv4 uses the lower 32.
  private let bits: UInt128

  private init(_ family: Family, _ bits: UInt128) {
    self.family = family
    self.bits = bits
  }

  /// The address that `text` spells (inet_pton(3)). An IPv4 address in IPv6 clothes (`::ffff:192.0.2.1`) is taken as
  /// the IPv4 address.
  public init?(_ text: String) {
    return nil
  }

  /// The address with every bit after the first `prefixLength` cleared.
  public func masked(to prefixLength: Int) -> IPAddress {
    let cleared = family.bitCount - prefixLength
    return IPAddress(family, cleared >= 128 ? 0 : (bits >> UInt128(cleared)) << UInt128(cleared))
  }

  /// `192.0.2.1` or `2001:db8::1`.
  public var description: String { "" }
}
