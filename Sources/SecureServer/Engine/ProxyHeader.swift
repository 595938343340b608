/// What a proxy says in front of a connection (the PROXY protocol,
/// https://www.haproxy.org/download/1.8/doc/proxy-protocol.txt): version 1 is a line (§2.1), version 2 binary (§2.2).
struct ProxyHeader: Equatable {
  /// Whom the connection is for.
  enum Source: Equatable {
    /// This client of the proxy's.
    case client(InternetAddress, port: UInt16)
    /// The proxy itself, or somebody that it cannot name: the socket's own address stands.
    case proxy
  }

  /// What the bytes so far are.
  enum Verdict: Equatable {
    /// The beginning of a header.
    case incomplete
    /// A whole header.
    case complete(ProxyHeader)
    /// No header; why.
    case invalid(String)
  }

  /// What a limit for headers may be: the longest with addresses alone, and all that two bytes of length can say.
  static let lengths = (versionTwoPrefix + unixAddresses)...(versionTwoPrefix + Int(UInt16.max))

  let source: Source
  /// How many bytes it has; TLS follows.
  let length: Int

  /// Judges `bytes`, which are all that came so far: the earlier ones and some more. What it says of a header depends
  /// on the header's own bytes alone, however they come.
  static func read(_ bytes: Span<UInt8>, maximumLength: Int) -> Verdict {
    guard bytes.count > 0 else { return .incomplete }
    switch bytes[0] {
    case lineStart[0]: return readLine(bytes)
    case signature[0]: return readBinary(bytes, maximumLength)
    case 22: return .invalid("TLS without a PROXY header")
    default: return .invalid("neither a PROXY header nor TLS")
    }
  }

  private static func starts(_ bytes: Span<UInt8>, with expected: [UInt8]) -> Bool {
    (0..<min(bytes.count, expected.count)).allSatisfy { bytes[$0] == expected[$0] }
  }
}

// MARK: - Version 1

extension ProxyHeader {
  private static let lineStart = Array("PROXY ".utf8)
  /// With CR and LF (§2.1).
  private static let longestLine = 107

  private static func readLine(_ bytes: Span<UInt8>) -> Verdict {
    guard starts(bytes, with: lineStart) else { return .invalid("neither a PROXY header nor TLS") }
    var line: [UInt8] = []
    for index in 0..<min(bytes.count, longestLine) {
      if bytes[index] == UInt8(ascii: "\n") { return read(line: line) }
      line.append(bytes[index])
    }
    return line.count < longestLine ? .incomplete : .invalid("a line of more than \(longestLine) bytes")
  }

  /// A line up to its LF: `PROXY TCP4 192.0.2.1 198.51.100.1 56324 443`, and CR.
  private static func read(line: [UInt8]) -> Verdict {
    guard line.last == UInt8(ascii: "\r") else { return .invalid("a line that doesn't end with CR and LF") }
    let words = line.dropFirst(lineStart.count).dropLast().split(separator: 32, omittingEmptySubsequences: false)
    let length = line.count + 1
    // What follows UNKNOWN is to be ignored (§2.1).
    if words.first.map(Array.init) == Array("UNKNOWN".utf8) {
      return .complete(ProxyHeader(source: .proxy, length: length))
    }
    guard words.count == 5 else { return .invalid("a line of other words than the five of TCP4 or TCP6") }
    let isV6 = Array(words[0]) == Array("TCP6".utf8)
    guard isV6 || Array(words[0]) == Array("TCP4".utf8) else {
      return .invalid("a protocol that is neither TCP4 nor TCP6")
    }
    guard let source = address(words[1], isV6), address(words[2], isV6) != nil else {
      return .invalid("what should be addresses of \(isV6 ? "IPv6" : "IPv4") are none")
    }
    guard let port = port(words[3]), Self.port(words[4]) != nil else {
      return .invalid("what should be ports are none")
    }
    return .complete(ProxyHeader(source: .client(source, port: port), length: length))
  }

  private static func address(_ word: ArraySlice<UInt8>, _ isV6: Bool) -> InternetAddress? {
    guard word.contains(UInt8(ascii: ":")) == isV6 else { return nil }
    return InternetAddress(String(decoding: word, as: UTF8.self))
  }

  /// Decimal, 0 to 65535, without leading zeros (§2.1).
  private static func port(_ word: ArraySlice<UInt8>) -> UInt16? {
    let isCanonical = word.allSatisfy { (48...57).contains($0) } && (word.first != 48 || word.count == 1)
    return isCanonical ? UInt16(String(decoding: word, as: UTF8.self)) : nil
  }
}

// MARK: - Version 2

extension ProxyHeader {
  private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10]
  /// Signature, version and command, family and protocol, length.
  private static let versionTwoPrefix = 16
  /// Two paths of 108 bytes.
  private static let unixAddresses = 216

  private static func readBinary(_ bytes: Span<UInt8>, _ maximumLength: Int) -> Verdict {
    guard starts(bytes, with: signature) else { return .invalid("neither a PROXY header nor TLS") }
    if bytes.count > 12, ![0x20, 0x21].contains(bytes[12]) {
      return .invalid("version and command \(bytes[12]), which there are not in version 2")
    }
    guard bytes.count >= versionTwoPrefix else { return .incomplete }
    let addressBytes = Int(bytes[14]) << 8 | Int(bytes[15])
    let length = versionTwoPrefix + addressBytes
    guard length <= maximumLength else { return .invalid("\(length) bytes, which is more than \(maximumLength)") }
    let isLocal = bytes[12] == 0x20
    // Whatever addresses LOCAL comes with are to be ignored, their family too (§2.2).
    if !isLocal, let fault = fault(inFamily: bytes[13], addressBytes) { return .invalid(fault) }
    guard bytes.count >= length else { return .incomplete }
    return .complete(ProxyHeader(source: isLocal ? .proxy : source(bytes, family: bytes[13]), length: length))
  }

  /// What is wrong with the family and protocol, or with the number of bytes for their addresses. Datagrams are not
  /// what a stream is for.
  private static func fault(inFamily family: UInt8, _ addressBytes: Int) -> String? {
    let needed: Int
    switch family {
    case 0x00: needed = 0
    case 0x11: needed = 12
    case 0x21: needed = 36
    case 0x31: needed = unixAddresses
    default: return "family and protocol \(family), which is no stream of IPv4, IPv6 or Unix"
    }
    return addressBytes < needed ? "\(addressBytes) bytes for addresses that take \(needed)" : nil
  }

  /// Source address, destination address, source port, destination port (§2.2).
  private static func source(_ bytes: Span<UInt8>, family: UInt8) -> Source {
    switch family {
    case 0x11:
      .client(.v4(UInt32(truncatingIfNeeded: number(bytes, at: 16, count: 4))), port: port(bytes, at: 24))
    case 0x21:
      .client(
        InternetAddress(high: number(bytes, at: 16, count: 8), low: number(bytes, at: 24, count: 8)),
        port: port(bytes, at: 48))
    default: .proxy
    }
  }

  private static func port(_ bytes: Span<UInt8>, at start: Int) -> UInt16 {
    UInt16(truncatingIfNeeded: number(bytes, at: start, count: 2))
  }

  private static func number(_ bytes: Span<UInt8>, at start: Int, count: Int) -> UInt64 {
    (start..<(start + count)).reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
  }
}
