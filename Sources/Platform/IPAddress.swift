import Glibc

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
  /// Its bits as a number, the first byte highest.
  private let bits: UInt128

  private init(_ family: Family, _ bits: UInt128) {
    self.family = family
    self.bits = bits
  }

  /// The address in network byte order: 4 or 16 bytes. An IPv4 address in IPv6 clothes (`::ffff:192.0.2.1`, RFC 4291
  /// §2.5.5.2) is taken as the IPv4 address that it is.
  public init?(bytes: Span<UInt8>) {
    var bits: UInt128 = 0
    for index in bytes.indices { bits = bits << 8 | UInt128(bytes[index]) }
    switch bytes.count {
    case 4: self.init(.v4, bits)
    case 16 where bits >> 32 == 0xffff: self.init(.v4, bits & 0xffff_ffff)
    case 16: self.init(.v6, bits)
    default: return nil
    }
  }

  /// The address that `text` spells (inet_pton(3)).
  public init?(_ text: String) {
    var bytes = [UInt8](repeating: 0, count: text.utf8.contains(UInt8(ascii: ":")) ? 16 : 4)
    // inet_pton stops at a NUL, and what follows it would be overlooked.
    guard !text.utf8.contains(0),
      unsafe inet_pton(bytes.count == 4 ? AF_INET : AF_INET6, text, &bytes) == 1
    else { return nil }
    self.init(bytes: bytes.span)
  }

  /// The address with every bit after the first `prefixLength` cleared.
  public func masked(to prefixLength: Int) -> IPAddress {
    let cleared = family.bitCount - prefixLength
    return IPAddress(family, cleared >= 128 ? 0 : (bits >> UInt128(cleared)) << UInt128(cleared))
  }

  /// `192.0.2.1` or `2001:db8::1`.
  public var description: String {
    let shifts = stride(from: family.bitCount - 8, through: 0, by: -8)
    let bytes = shifts.map { UInt8(truncatingIfNeeded: bits >> UInt128($0)) }
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let written = unsafe inet_ntop(family == .v4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
    guard unsafe written != nil else { return "" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
