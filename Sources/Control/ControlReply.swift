/// What goes back over the control socket: an HTTP status and a body.
public struct ControlReply: Sendable, Equatable {
  /// The HTTP status; 200 is the only one that means yes.
  public let status: Int
  /// What the body is: `application/json` but for pages that other programs read.
  public let contentType: String
  /// The body.
  public let body: [UInt8]

  /// A reply as it is.
  public init(status: Int, contentType: String, body: [UInt8]) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }

  /// The answer `value`, as JSON.
  ///
  /// - Throws: what `value` throws when it is encoded.
  public init(_ value: some Encodable) throws {
    self.init(status: 200, contentType: "application/json", body: try ControlJSON.encode(value))
  }

  /// A refusal; `message` is shown to the operator as it is.
  ///
  /// - Throws: never in practice, since a string can always be encoded.
  public init(status: Int, message: String) throws {
    let body = try ControlJSON.encode(ControlFailure(error: message))
    self.init(status: status, contentType: "application/json", body: body)
  }
}

/// The body of a refusal: `{"error":"..."}`.
public struct ControlFailure: Codable, Sendable, Equatable {
  /// What was wrong and what to do, in one line.
  public let error: String

  /// The failure that `error` tells.
  public init(error: String) { self.error = error }
}
