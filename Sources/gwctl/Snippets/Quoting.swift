/// `bytes` in lower-case hex.
func hex(_ bytes: Span<UInt8>) -> String {
  var text = ""
  text.reserveCapacity(bytes.count * 2)
  for index in bytes.indices { text += twoDigits(bytes[index]) }
  return text
}

/// `bytes` as one word of a shell: as they are, in single quotes, or as `$'...'`, which POSIX has since 2024 and bash,
/// zsh and ksh always had.
func shellWord(_ bytes: [UInt8]) -> String {
  if !bytes.isEmpty, bytes.allSatisfy(isPlainInShell) { return String(decoding: bytes, as: UTF8.self) }
  if isPrintable(bytes) { return "'" + String(decoding: bytes, as: UTF8.self).replacing("'", with: #"'\''"#) + "'" }
  return "$'" + escaped(bytes, quote: UInt8(ascii: "'")) + "'"
}

/// `text` as one word of a shell.
func shellWord(_ text: String) -> String { shellWord(Array(text.utf8)) }

/// `bytes` as a string literal of C. What is not printable ASCII becomes three octal digits, which, unlike `\x`, end
/// where the next character is a digit.
func cString(_ bytes: [UInt8]) -> String { "\"" + escaped(bytes, quote: UInt8(ascii: "\"")) + "\"" }

/// `text` as a string literal of C.
func cString(_ text: String) -> String { cString(Array(text.utf8)) }

/// `bytes` as the elements of an array of C, eight in a line.
func cBytes(_ bytes: Span<UInt8>, indent: String) -> String {
  var text = ""
  for index in bytes.indices {
    text += index % 8 == 0 ? (index == 0 ? indent : "\n" + indent) : " "
    text += "0x\(twoDigits(bytes[index])),"
  }
  return text
}

/// Whether `bytes` are text that a terminal shows as it is: UTF-8 without control characters.
func isPrintable(_ bytes: [UInt8]) -> Bool {
  guard let text = String(validating: bytes, as: UTF8.self) else { return false }
  return text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
}

private func isPlainInShell(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
    UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "@"), UInt8(ascii: "%"), UInt8(ascii: "+"):
    true
  default:
    false
  }
}

/// A backslash before `quote`, the backslash and `?` (which would begin a trigraph); octal for the rest that is not
/// printable ASCII.
private func escaped(_ bytes: [UInt8], quote: UInt8) -> String {
  var text = ""
  for byte in bytes {
    switch byte {
    case quote, UInt8(ascii: "\\"), UInt8(ascii: "?"): text += "\\" + String(UnicodeScalar(byte))
    case 0x20...0x7e: text += String(UnicodeScalar(byte))
    default: text += "\\" + octal(byte)
    }
  }
  return text
}

private func twoDigits(_ byte: UInt8) -> String {
  (byte < 16 ? "0" : "") + String(byte, radix: 16)
}

private func octal(_ byte: UInt8) -> String {
  let digits = String(byte, radix: 8)
  return String(repeating: "0", count: 3 - digits.count) + digits
}
