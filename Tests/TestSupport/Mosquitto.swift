/// Debian's mosquitto, private to one test, on a free loopback port.
public struct Mosquitto: Sendable {
  /// Where it listens for plain MQTT on 127.0.0.1.
  public let port: Int
  /// The process.
  public let process: ChildProcess

  /// The broker of `process`, reached at `port`.
  public init(port: Int, process: ChildProcess) {
    self.port = port
    self.process = process
  }
}

/// Runs a private mosquitto for the duration of `body`. `configuration` is added to its file.
public func withMosquitto<Result>(
  port wanted: Int? = nil, configuration: String = "", _ body: (Mosquitto) async throws -> Result
) async throws -> Result {
  try await withTemporaryDirectory { directory in
    let port = try wanted ?? freePort()
    let file = directory + "/mosquitto.conf"
    let lines = """
      user root
      allow_anonymous true
      persistence false
      log_dest stderr
      max_queued_messages 0
      listener \(port) 127.0.0.1
      \(configuration)

      """
    try write(lines, to: file)
    return try await withProcess("mosquitto", ["-c", file]) { process in
      try await process.waitForOutput("running")
      return try await body(Mosquitto(port: port, process: process))
    }
  }
}

/// Collects what arrives under `filter` at the broker on `port`, one message a line: topic, a space, payload in hex, or as
/// mosquitto_sub(1) spells another `format`.
public func withSubscriber<Result>(
  to filter: String, port: Int, qos: Int = 1, format: String = "%t %x", _ body: (ChildProcess) async throws -> Result
) async throws -> Result {
  let arguments = ["-h", "127.0.0.1", "-p", "\(port)", "-t", filter, "-F", format, "-d", "-q", "\(qos)"]
  // mosquitto_sub keeps lines back when its output is a pipe.
  return try await withProcess("stdbuf", ["-oL", "mosquitto_sub"] + arguments) { subscriber in
    try await subscriber.waitForOutput("Subscribed")
    return try await body(subscriber)
  }
}
