/// Why a request on the control socket is none that the gateway knows.
public enum ControlRejection: Error, Hashable, Sendable, CustomStringConvertible {
  /// Nothing is at this path.
  case unknownPath(String)
  /// Something is at this path, but for other methods.
  case wrongMethod(String, allowed: [ControlRequest.Method])

  /// The HTTP status that says so (RFC 9110 §15.5).
  public var status: Int {
    switch self {
    case .unknownPath: 404
    case .wrongMethod: 405
    }
  }

  /// One line that says what was wrong and what is allowed.
  public var description: String {
    switch self {
    case .unknownPath(let path):
      "nothing is at \(path.prefix(80)); there is \(ControlRequest.allCases.map(\.path).joined(separator: ", "))"
    case .wrongMethod(let method, let allowed):
      "\(method.prefix(20)) is not for this path; allowed is \(allowed.map(\.rawValue).joined(separator: ", "))"
    }
  }
}
