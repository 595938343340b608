import Platform

/// Asks the person at the terminal, if there is one.
///
/// - Parameters:
///   - question: what is asked, without the choice of answers.
///   - isSettled: whether the command line has said yes.
/// - Throws: ``Failure/notConfirmed`` unless the answer is yes.
func confirm(_ question: String, unless isSettled: Bool) throws(Failure) {
  guard !isSettled, StandardStream.input.isTerminal else { return }
  StandardStream.error.write("\(showable(question)) [y/N] ")
  guard ["y", "yes"].contains(readLine()?.lowercased()) else { throw .notConfirmed }
}
