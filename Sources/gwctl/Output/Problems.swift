import Devices

/// Says that there are files that cannot be used, so that a missing device is no riddle.
func tellErrors(in problems: [Problem]) {
  let errors = problems.count { $0.severity == .error }
  if errors > 0 { warn("\(count(errors, "error")) in the device files: run 'gwctl check'") }
}
