import Platform

/// Says on standard error why the command fails: always one line.
func complain(_ message: String) {
  StandardStream.error.write("gwctl: \(oneLine(message))\n")
}

/// Says on standard error what should be looked at, though the command succeeds.
func warn(_ message: String) {
  StandardStream.error.write("gwctl: warning: \(oneLine(message))\n")
}

/// Says on standard error what has happened besides, so that standard output holds what was asked for and no more.
func remark(_ message: String) {
  StandardStream.error.write("\(oneLine(message))\n")
}

private func oneLine(_ message: String) -> String {
  showable(message.split(whereSeparator: \.isNewline).joined(separator: "; "))
}
