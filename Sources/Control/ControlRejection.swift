/// Why a request on the control socket is none that the gateway answers.
public enum ControlRejection: Error, Hashable, Sendable, CustomStringConvertible {
  /// Nothing is at this path.
  case unknownPath(String)
  /// Something is at this path, but for other methods.
  case wrongMethod(String, allowed: [ControlRequest.Method])
  /// Something is missing or wrong in the request; the text says what.
  case invalid(String)
  /// What it asks for is not there; the text says what.
  case notFound(String)
  /// It is not for this user.
  case forbidden
  /// Its body has more bytes than these.
  case tooLarge(limit: Int)
  /// Too many ask at once; the text says what helps.
  case busy(String)

  /// The HTTP status that says so (RFC 9110 §15.5, §15.6).
  public var status: Int {
    switch self {
    case .invalid: 400
    case .forbidden: 403
    case .unknownPath, .notFound: 404
    case .wrongMethod: 405
    case .tooLarge: 413
    case .busy: 503
    }
  }

  /// What the Allow header says, where there is one (RFC 9110 §10.2.1).
  public var allow: String? {
    guard case .wrongMethod(_, let allowed) = self else { return nil }
    return allowed.map { $0 == .get ? "GET, HEAD" : $0.rawValue }.joined(separator: ", ")
  }

  /// One line that says what was wrong and what is allowed.
  public var description: String {
    switch self {
    case .unknownPath(let path):
      "nothing is at \(path.prefix(60)); there is \(ControlRequest.paths.joined(separator: ", "))"
    case .wrongMethod(let method, let allowed):
      "\(method.prefix(20)) is not for this path; allowed is \(allowed.map(\.rawValue).joined(separator: ", "))"
    case .invalid(let text), .notFound(let text), .busy(let text): text
    case .forbidden: "only the gateway's own user and root may ask here"
    case .tooLarge(let limit): "the request's body is over \(limit) bytes; no request here needs one"
    }
  }
}
