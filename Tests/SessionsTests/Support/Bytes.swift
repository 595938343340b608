import Testing

/// Golden bytes as a specification prints them: hex digits and 'ASCII text', with spaces anywhere between.
///
/// `bytes("30 07 0003 'a/b' 'hi'")` is a PUBLISH of `hi` to `a/b`.
func bytes(_ text: String) -> [UInt8] {
  var result: [UInt8] = []
  for (index, part) in text.split(separator: "'", omittingEmptySubsequences: false).enumerated() {
    guard index.isMultiple(of: 2) else {
      result += part.utf8
      continue
    }
    let digits = part.filter { $0 != " " }
    var rest = digits[...]
    while !rest.isEmpty {
      let byte = UInt8(rest.prefix(2), radix: 16)
      if byte == nil { Issue.record("'\(rest.prefix(2))' is not a byte") }
      result.append(byte ?? 0)
      rest = rest.dropFirst(2)
    }
  }
  return result
}

/// A packet whose remaining length is worked out (MQTT 3.1.1 §2.2.3).
func packet(_ first: UInt8, _ body: [UInt8]) -> [UInt8] {
  var length = body.count
  var header = [first]
  repeat {
    header.append(UInt8(length % 128) | (length >= 128 ? 128 : 0))
    length /= 128
  } while length > 0
  return header + body
}

/// A text behind its two-byte length (MQTT 3.1.1 §1.5.3).
func text(_ text: String) -> [UInt8] {
  [UInt8(text.utf8.count >> 8), UInt8(text.utf8.count & 255)] + Array(text.utf8)
}

/// The properties of a packet behind their length (MQTT 5 §2.2.2).
func properties(_ golden: String...) -> [UInt8] {
  let content = golden.flatMap(bytes)
  return packet(0, content).dropFirst() + []
}

/// A CONNECT of 5.0 from the client `d1`, with no keep-alive: `golden` are its properties, `payload` follows the client id.
func connect5(_ golden: String = "", flags: UInt8 = 0x02, payload: String = "") -> [UInt8] {
  packet(0x10, bytes("0004 'MQTT' 05") + [flags, 0, 0] + properties(golden) + bytes("0002 'd1'") + bytes(payload))
}
