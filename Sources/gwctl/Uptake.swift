import Control

/// Whether a running gateway knows of a change of devices.d.
enum Uptake: Sendable {
  /// It has read the directory again.
  case taken(ReloadReport)
  /// None runs at that socket.
  case notRunning(path: String)
  /// One is there, but did not say so.
  case unknown(ControlError)

  /// Has the gateway, if one runs, read the directory again.
  static func ask(_ client: ControlClient) async -> Uptake {
    do {
      return .taken(try await client.reload())
    } catch .notRunning(let path) {
      return .notRunning(path: path)
    } catch {
      return .unknown(error)
    }
  }

  /// Says what came of it.
  func tell() {
    switch self {
    case .taken(let report):
      remark("The running gateway has taken it up; it knows \(count(report.devices, "device")).")
      if !report.problems.isEmpty { warn("it reports \(count(report.problems.count, "problem")): run 'gwctl check'") }
    case .notRunning(let path):
      remark("No gateway was found running at \(path).")
    case .unknown(let error):
      warn("whether the running gateway has taken it up is not known: \(error)")
    }
  }
}

extension Uptake: Encodable {
  private enum CodingKeys: String, CodingKey { case state, devices, problems, socket, error }

  /// `{"state":"taken","devices":N,"problems":[...]}`, `{"state":"not_running","socket":"..."}` or
  /// `{"state":"unknown","error":"..."}`.
  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .taken(let report):
      try fields.encode("taken", forKey: .state)
      try fields.encode(report.devices, forKey: .devices)
      try fields.encode(report.problems, forKey: .problems)
    case .notRunning(let path):
      try fields.encode("not_running", forKey: .state)
      try fields.encode(path, forKey: .socket)
    case .unknown(let error):
      try fields.encode("unknown", forKey: .state)
      try fields.encode(error.description, forKey: .error)
    }
  }
}
