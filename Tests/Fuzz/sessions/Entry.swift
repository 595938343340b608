/// What libFuzzer calls with each input (https://llvm.org/docs/LibFuzzer.html).
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  var play = Play(Script(input))
  play.run()
  Cuts(input).check()
  return 0
}
