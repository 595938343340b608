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

  /// What a rotation calls the device next: the id, `~`, and a number that grows with each rotation.
  ///
  /// No id has a `~`, so no device that keeps its id as its identity can be in the way; for the others `isTaken` says so.
  /// The number is never one that the device has now or was about to have: an identity goes with exactly one key
  /// (BCP 243, RFC 9813).
  public func nextIdentity(unless isTaken: ([UInt8]) -> Bool) -> [UInt8] {
    let stem = Array("\(id)~".utf8)
    let numbers = [identity, next?.identity ?? []].map { Self.number(of: $0, after: stem) }
    var number = (numbers.max() ?? 1) + 1
    while isTaken(stem + Array("\(number)".utf8)) { number += 1 }
    return stem + Array("\(number)".utf8)
  }

  /// The number behind `stem`; 1 for an identity that is not made of it.
  private static func number(of identity: [UInt8], after stem: [UInt8]) -> Int {
    guard identity.starts(with: stem) else { return 1 }
    // One that is too large to be ours counts as none.
    let number = Int32(String(decoding: identity.dropFirst(stem.count), as: UTF8.self)).map(Int.init) ?? 1
    return max(number, 1)
  }
}
