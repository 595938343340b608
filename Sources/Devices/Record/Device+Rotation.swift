import Model

extension Device {
  /// The device once its rotation is finished: what takes over is all that it has.
  public var rotated: Device {
    guard let next else { return self }
    var device = self
    device.credential = next
    device.next = nil
    device.nextSince = nil
    return device
  }

  /// What a rotation calls the device next: the id, `~`, and six random digits.
  ///
  /// No id has a `~`, so no device that keeps its id as its identity can be in the way; for the others `isTaken` says so.
  /// The number is never one that the device has now or was about to have, and being random, hardly one that it had
  /// before, in a rotation that was given up, say: an identity goes with exactly one key (BCP 243, RFC 9813).
  public func nextIdentity(unless isTaken: ([UInt8]) -> Bool) -> [UInt8] {
    var number = Int.random(in: 100_000...999_999)
    while true {
      let next = Array("\(id)~\(number)".utf8)
      if next != identity, next != self.next?.identity, !isTaken(next) { return next }
      number += 1
    }
  }
}
