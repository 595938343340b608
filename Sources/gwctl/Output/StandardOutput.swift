import Platform

/// Prints `text` on standard output, in place of Swift's own function, which says nothing of what could not be written.
///
/// - Parameters:
///   - text: what was asked for.
///   - terminator: what comes behind it.
/// - Throws: `SystemError`: a key that is shown once must not get lost without a word.
func print(_ text: String, terminator: String = "\n") throws(SystemError) {
  try StandardStream.output.write(Array((text + terminator).utf8).span)
}
