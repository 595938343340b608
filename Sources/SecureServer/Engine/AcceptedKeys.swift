/// The keys that the application lets a peer have: one, but while it is given another.
struct AcceptedKeys {
  /// One key, and what the application said together with it.
  struct Key {
    let secret: Secret
    let context: (any Sendable)?
  }

  /// The one that is taken where nothing tells which the peer has.
  let first: Key
  private(set) var others: ArraySlice<Key> = []

  init(first: Key) { self.first = first }

  /// Takes several in the application's order; nil if there are none.
  init?(_ candidates: [PreSharedKeyCandidate]) {
    let keys = candidates.map { Key(secret: $0.key.secret, context: $0.context) }
    guard let first = keys.first else { return nil }
    self.first = first
    others = keys.dropFirst()
  }

  /// The first that `isWanted`.
  func first(where isWanted: (Key) -> Bool) -> Key? { isWanted(first) ? first : others.first(where: isWanted) }
}
