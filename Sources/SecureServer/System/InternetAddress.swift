import Glibc

/// An IPv4 or IPv6 address without a port. IPv4 in IPv6 (`::ffff:192.0.2.1`, RFC 4291 §2.5.5.2) is the IPv4 that it is.
enum InternetAddress: Hashable, Sendable {
  case v4(UInt32)
  case v6(high: UInt64, low: UInt64)

  /// An IPv6 address, which may be an IPv4 one in disguise.
  init(high: UInt64, low: UInt64) {
    self = high == 0 && low >> 32 == 0xffff ? .v4(UInt32(truncatingIfNeeded: low)) : .v6(high: high, low: low)
  }

  /// The address that `text` spells (inet_pton(3)).
  init?(_ text: String) {
    let isV6 = text.utf8.contains(UInt8(ascii: ":"))
    var bytes = [UInt8](repeating: 0, count: isV6 ? 16 : 4)
    // inet_pton stops at a NUL, and what follows it would be overlooked.
    guard !text.utf8.contains(0), unsafe inet_pton(isV6 ? AF_INET6 : AF_INET, text, &bytes) == 1 else { return nil }
    let bits = bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    self =
      isV6
      ? Self(high: UInt64(truncatingIfNeeded: bits >> 64), low: UInt64(truncatingIfNeeded: bits))
      : .v4(UInt32(truncatingIfNeeded: bits))
  }

  /// 32 or 128.
  var bitCount: Int { if case .v4 = self { 32 } else { 128 } }

  /// The bytes as on the wire: 4 or 16.
  var bytes: [UInt8] {
    stride(from: bitCount - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: bits >> UInt128($0)) }
  }

  /// The address with every bit after the first `prefixLength` cleared.
  func masked(to prefixLength: Int) -> InternetAddress {
    let cleared = UInt128(bitCount - prefixLength)
    let kept = cleared >= 128 ? 0 : (bits >> cleared) << cleared
    return switch self {
    case .v4: .v4(UInt32(truncatingIfNeeded: kept))
    case .v6: .v6(high: UInt64(truncatingIfNeeded: kept >> 64), low: UInt64(truncatingIfNeeded: kept))
    }
  }

  private var bits: UInt128 {
    switch self {
    case .v4(let bits): UInt128(bits)
    case .v6(let high, let low): UInt128(high) << 64 | UInt128(low)
    }
  }
}

extension InternetAddress: CustomStringConvertible {
  /// `192.0.2.1` or `2001:db8::1` (inet_ntop(3)).
  var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let family = bitCount == 32 ? AF_INET : AF_INET6
    guard unsafe inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
