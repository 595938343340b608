import NIOHTTP1

/// A request while its body comes. No request here needs one, so it is counted and left.
struct RequestBody {
  /// The most that a body may have, in bytes.
  static let limit = 64 << 10
  /// How much of one that is too large is taken all the same: who closes on what is on its way may lose the reply with it
  /// (RFC 9112 §9.6).
  private static let drainLimit = 1 << 20

  let head: HTTPRequestHead
  /// How many bytes have come.
  var size = 0
  /// Whether all has come.
  var isWhole = false
  /// Whether it has been refused.
  var isRefused = false

  private let announced: Int?
  private let isHeldBack: Bool

  /// The body to come behind `head`.
  init(of head: HTTPRequestHead) {
    self.head = head
    announced = head.headers.first(name: "content-length").map { Int($0) ?? .max }
    // Of HTTP/1.0 no client may expect anything (RFC 9110 §10.1.1).
    isHeldBack =
      head.knowsHTTP11 && head.headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
  }

  /// Whether there is more than is allowed, or is to be.
  var isTooLarge: Bool { max(size, announced ?? 0) > Self.limit }

  /// Whether the client holds its body back until it is told to send it.
  var isAwaitingContinue: Bool {
    isHeldBack && !isTooLarge && (announced ?? 0 > 0 || head.headers.contains(name: "transfer-encoding"))
  }

  /// Whether what still comes of a body that was refused is taken.
  var isDrained: Bool { isWhole || isHeldBack || size > Self.drainLimit }
}

extension HTTPRequestHead {
  /// Whether its client knows HTTP/1.1.
  var knowsHTTP11: Bool { (version.major, version.minor) >= (1, 1) }
}
