import Testing

@testable import Sessions

/// One row of a table of golden packets: what comes in, what must come out, and which clause says so.
struct PacketRow: Sendable, CustomTestStringConvertible {
  var name: String
  var clause: String
  var input: [UInt8]
  var expected: [SessionAction]

  init(_ name: String, _ clause: String, _ input: [UInt8], _ expected: [SessionAction]) {
    self.name = name
    self.clause = clause
    self.input = input
    self.expected = expected
  }

  /// A row that is refused for `error`, after `sent` was sent.
  init(_ name: String, _ clause: String, _ input: [UInt8], sent: [UInt8] = [], refusedFor error: SessionError) {
    self.init(name, clause, input, (sent.isEmpty ? [] : [.send(sent)]) + [.close(SessionEnd(error))])
  }

  /// A row that a 5.0 device is told `code` for, with a CONNACK or, where it is connected, with a DISCONNECT.
  init(
    _ name: String, _ clause: String, _ input: [UInt8], _ kind: PacketKind, _ code: UInt8,
    refusedFor error: SessionError
  ) {
    let reason = packet(0, [0x1F] + text(error.description)).dropFirst()
    let packet = packet(kind.rawValue << 4, (kind == .connack ? [0, code] : [code]) + reason)
    self.init(name, clause, input, sent: packet, refusedFor: error)
  }

  var testDescription: String { "\(name) \(clause)" }

  /// Checks the row on a copy of `conversation`: in one piece, cut in two at every place, and byte by byte.
  func check(on conversation: Conversation) {
    var whole = conversation
    whole.device(sends: input)
    #expect(whole.takeActions() == expected, "in one piece")

    let cuts = input.count <= Self.longestCut ? 0...input.count : 0...0
    let wrong = cuts.filter { cut in
      var halves = conversation
      halves.device(sends: Array(input[..<cut]))
      halves.device(sends: Array(input[cut...]))
      return halves.takeActions() != expected
    }
    #expect(wrong.isEmpty, "cut at these places")

    var single = conversation
    for byte in input { single.device(sends: [byte]) }
    #expect(single.takeActions() == expected, "byte by byte")
  }

  /// Longer inputs are not cut at every place: they differ from shorter ones only in their payload.
  private static let longestCut = 600
}
