/// What a session holds of its device's bytes: nothing, unless a message is incomplete or reading is paused.
struct SessionInput: Sendable {
  /// Bytes that no message could be made of yet.
  private(set) var pending: [UInt8] = []
  /// Whether the owner was asked to read no more.
  var isPaused = false
  /// Whether no more bytes will come.
  var isEnded = false
  /// Whether they ended cleanly, while what had come had to wait.
  var heldEnd: Bool?

  /// Keeps `bytes` behind what is pending.
  mutating func append(_ bytes: Span<UInt8>) {
    // By `+=`, whose room doubles: bytes that come one by one are not copied again and again.
    if pending.isEmpty { pending = copy(bytes) } else { pending += copy(bytes) }
  }

  /// Hands over what is pending and keeps nothing.
  mutating func take() -> [UInt8] {
    let bytes = pending
    pending = []
    return bytes
  }

  /// Keeps what follows the first `taken` of `bytes`, and no more room than that needs.
  mutating func keep(_ bytes: consuming [UInt8], after taken: Int) {
    pending = taken == 0 ? bytes : Array(bytes[taken...])
  }
}

/// A copy of `bytes` to own.
func copy(_ bytes: Span<UInt8>) -> [UInt8] {
  [UInt8](capacity: bytes.count) { output in
    for index in bytes.indices { output.append(bytes[index]) }
  }
}
