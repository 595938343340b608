/// One thing that gwctl may ask of a running gateway: a method and a path of HTTP on the control socket.
///
/// The client sends ``method`` and ``path``; the server reads them back with ``init(method:target:)``. A new endpoint
/// is a case here, a reply type beside this file, and a method of ``ControlClient``.
public enum ControlRequest: Sendable, Hashable, CaseIterable {
  /// How the gateway is; the reply is a ``GatewayStatus``.
  case status
  /// Read devices.d and the configuration again; the reply is a ``ReloadReport``.
  case reload

  /// The HTTP methods in use. GET never changes anything.
  public enum Method: String, Sendable {
    /// Asks.
    case get = "GET"
    /// Has something done.
    case post = "POST"
  }

  /// Its HTTP method.
  public var method: Method {
    switch self {
    case .status: .get
    case .reload: .post
    }
  }

  /// Its path, which starts with the version of this interface.
  public var path: String {
    switch self {
    case .status: "/v1/status"
    case .reload: "/v1/reload"
    }
  }

  /// Reads the request that a client sent; a query in `target` is left out of the comparison.
  ///
  /// - Throws: ``ControlRejection``, which says how to answer.
  public init(method: String, target: String) throws(ControlRejection) {
    let path = String(target.prefix { $0 != "?" })
    let known = Self.allCases.filter { $0.path == path }
    guard !known.isEmpty else { throw .unknownPath(path) }
    guard let match = known.first(where: { $0.method.rawValue == method }) else {
      throw .wrongMethod(method, allowed: known.map(\.method))
    }
    self = match
  }
}
