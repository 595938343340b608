/// `HOST`, `HOST:PORT`, `[IPV6]` or `[IPV6]:PORT`, taken apart.
struct Endpoint {
  let host: String
  let port: Int?

  /// Nil if `text` is none of the four.
  init?(_ text: some StringProtocol) {
    let host: Substring
    let rest: Substring
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = Substring(text[text.index(after: text.startIndex)..<end])
      rest = Substring(text[text.index(after: end)...])
      guard host.contains(":"), host.utf8.allSatisfy(Self.isInIPv6Address) else { return nil }
    } else {
      host = Substring(text.prefix { $0 != ":" })
      rest = Substring(text.dropFirst(host.count))
      guard !host.isEmpty, host.utf8.allSatisfy(Self.isInHostName) else { return nil }
    }
    self.host = String(host)
    if rest.isEmpty {
      port = nil
    } else {
      guard rest.first == ":", let number = Self.number(rest.dropFirst()) else { return nil }
      port = number
    }
  }

  /// A port in plain digits.
  private static func number(_ digits: Substring) -> Int? {
    guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    return Int(digits).flatMap { $0 <= 65_535 ? $0 : nil }
  }

  private static func isInHostName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private static func isInIPv6Address(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ":") || byte == UInt8(ascii: "%") || isInHostName(byte)
  }
}
