import Sessions

/// Whether a stream means the same however it is cut.
struct Cuts {
  private let first: UInt8
  private let stream: ArraySlice<UInt8>

  init(_ input: [UInt8]) {
    first = input.first ?? 0
    stream = input.dropFirst()
  }

  func check() {
    let whole = actions(inPiecesOf: max(1, stream.count))
    for size in [1, 2, 7] {
      expect(actions(inPiecesOf: size) == whole, "the cuts of the stream matter")
    }
  }

  private func actions(inPiecesOf size: Int) -> [SessionAction] {
    var actions: [SessionAction] = []
    let now = ContinuousClock.now
    var session = DeviceSession(settings: Script.settings(first), now: now, into: &actions)
    var rest = stream
    var isAnswered = false
    while !rest.isEmpty {
      session.received(Array(rest.prefix(size)).span, now: now, into: &actions)
      rest = rest.dropFirst(size)
      if !isAnswered, actions.contains(where: Self.isConnect) {
        isAnswered = true
        session.accept(SessionAcceptance(), now: now, into: &actions)
      }
    }
    session.inputEnded(clean: true, now: now, into: &actions)
    // Where reading pauses and goes on depends on the pieces, what comes of them does not.
    return actions.filter { $0 != .pauseReading && $0 != .resumeReading }
  }

  private static func isConnect(_ action: SessionAction) -> Bool {
    if case .opened(let opening) = action { opening.connect != nil } else { false }
  }
}
