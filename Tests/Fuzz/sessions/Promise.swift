/// Stops the target when `promise` is broken. Unlike `precondition` it says which one in a release build too.
func expect(_ promise: Bool, _ broken: @autoclosure () -> String) {
  if !promise { fatalError(broken()) }
}
