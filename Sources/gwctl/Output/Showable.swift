/// `text` without the characters that would steer the terminal: what a file or a peer wrote must not move its cursor.
func showable(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: steersTerminal) else { return text }
  var shown = ""
  for scalar in text.unicodeScalars { shown += steersTerminal(scalar) ? scalar.escaped(asASCII: true) : String(scalar) }
  return shown
}

/// `identity` as people read it: as text, or in hex behind `0x` where it is none.
func showable(identity: [UInt8]) -> String {
  isPrintable(identity) ? String(decoding: identity, as: UTF8.self) : "0x" + hex(identity.span)
}

private func steersTerminal(_ scalar: UnicodeScalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator: true
  default: false
  }
}
