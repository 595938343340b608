import Sessions

/// What libFuzzer calls with each input (https://llvm.org/docs/LibFuzzer.html): packets in a row, read as either version.
@c(LLVMFuzzerTestOneInput)
public func fuzzPackets(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  Packets(input, .v3).check()
  Packets(input, .v5).check()
  return 0
}

/// Stops the target when `promise` is broken. Unlike `precondition` it says which one in a release build too.
func expect(_ promise: Bool, _ broken: @autoclosure () -> String) {
  if !promise { fatalError(broken()) }
}
