public import Model

/// One thing that may be asked of a running gateway: a method and a target of HTTP on the control socket.
///
/// The client sends ``method`` and ``target``; the server reads them back with ``init(method:target:)``. A new endpoint
/// is a case here, a reply type beside this file, and a method of ``ControlClient``.
public enum ControlRequest: Sendable, Hashable {
  /// How the gateway is; the reply is a ``GatewayStatus``.
  case status
  /// Read devices.d again; the reply is a ``ReloadReport``.
  case reload
  /// The devices that are connected; the reply is an ``OnlineDevice`` on each line.
  case online
  /// Close the connections of a device; the reply is a ``DisconnectReport``.
  case disconnect(DeviceID)
  /// What happens from now on, to one device or to all; the reply is a ``GatewayEvent`` on each line, without an end.
  case events(DeviceID?)
  /// What is known of the connections of a device, an identity or an address; the reply is a ``WhyReport``.
  case why(String)
  /// The metrics, as Prometheus reads them.
  case metrics
  /// Whether the process answers at all.
  case health
  /// Whether devices are served: 200, or 503 while no broker is connected or it takes less than they send.
  case readiness

  /// The HTTP methods in use. GET never changes anything; what takes GET takes HEAD.
  public enum Method: String, Sendable {
    /// Asks.
    case get = "GET"
    /// Has something done.
    case post = "POST"
  }

  /// Its HTTP method.
  public var method: Method {
    switch self {
    case .status, .online, .events, .why, .metrics, .health, .readiness: .get
    case .reload, .disconnect: .post
    }
  }

  /// Its path; what is for gwctl starts with the version of this interface.
  public var path: String {
    switch self {
    case .status: "/v1/status"
    case .reload: "/v1/reload"
    case .online: "/v1/devices/online"
    case .disconnect(let device): "/v1/devices/\(percentEncoded(device.name))/disconnect"
    case .events: "/v1/events"
    case .why: "/v1/why"
    case .metrics: "/metrics"
    case .health: "/healthz"
    case .readiness: "/readyz"
    }
  }

  /// Its path and query.
  public var target: String {
    switch self {
    case .events(let device?): "\(path)?device=\(percentEncoded(device.name))"
    case .why(let subject): "\(path)?of=\(percentEncoded(subject))"
    case .status, .reload, .online, .disconnect, .events, .metrics, .health, .readiness: path
    }
  }

  /// The paths that there are, for people.
  public static let paths = [
    "/v1/status", "/v1/reload", "/v1/devices/online", "/v1/devices/ID/disconnect", "/v1/events", "/v1/why", "/metrics",
    "/healthz", "/readyz",
  ]
}

extension ControlRequest {
  /// The longest subject of ``why(_:)``, in bytes: an identity of 256 bytes in hex, and some.
  private static let longestSubject = 1024

  /// Reads the request that a client sent; what it does not know of a query is left out.
  ///
  /// - Throws: ``ControlRejection``, which says how to answer.
  public init(method: String, target: String) throws(ControlRejection) {
    let parts = Self.origin(of: target).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts.first.map(String.init) ?? ""
    let request = try Self.request(at: path, query: Query(parts.count > 1 ? parts[1] : ""))
    guard method == request.method.rawValue || (method == "HEAD" && request.method == .get) else {
      throw .wrongMethod(method, allowed: [request.method])
    }
    self = request
  }

  /// Path and query of a target that may be a whole URI (RFC 9112 §3.2.2); whose name that has does not matter here.
  private static func origin(of target: String) -> Substring {
    let scheme = "http://"
    guard target.prefix(scheme.count).lowercased() == scheme else { return target[...] }
    return target.dropFirst(scheme.count).drop { $0 != "/" && $0 != "?" }
  }

  private static func request(at path: String, query: Query) throws(ControlRejection) -> ControlRequest {
    switch path {
    case "/v1/status": return .status
    case "/v1/reload": return .reload
    case "/v1/devices/online": return .online
    case "/v1/events": return .events(try query["device"].map(device))
    case "/v1/why": return .why(try subject(query["of"]))
    case "/metrics": return .metrics
    case "/healthz": return .health
    case "/readyz": return .readiness
    default:
      let words = path.split(separator: "/", omittingEmptySubsequences: false)
      guard words.count == 5, words[1] == "v1", words[2] == "devices", words[4] == "disconnect",
        let name = percentDecoded(words[3])
      else { throw .unknownPath(path) }
      return .disconnect(try device(name))
    }
  }

  private static func device(_ name: String) throws(ControlRejection) -> DeviceID {
    do { return try DeviceID(name) } catch { throw .invalid("this is no device's id: \(error)") }
  }

  private static func subject(_ text: String?) throws(ControlRejection) -> String {
    guard let text, (1...longestSubject).contains(text.utf8.count) else {
      throw .invalid("say whom with ?of=ID, IDENTITY or ADDRESS, of 1 to \(longestSubject) bytes")
    }
    return text
  }
}
