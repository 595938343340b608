public import Platform

/// Why the bridge or its embedded broker cannot work.
public enum BridgeError: Error, Sendable, CustomStringConvertible {
  /// The text names no broker. It is not repeated: it may hold a password.
  case invalidBrokerAddress(reason: String)
  /// A setting is out of its range.
  case invalidSettings(String)
  /// The MQTT client could not be set up or could not connect.
  case connection(String)
  /// No mosquitto in any of the directories.
  case brokerNotInstalled(searched: [String])
  /// The port that was asked for is in use.
  case brokerPortTaken(Int)
  /// mosquitto ended instead of listening; its last words.
  case brokerDidNotStart(String)
  /// A system call failed.
  case system(SystemError)

  /// One line that says what was wrong and what is allowed.
  public var description: String {
    switch self {
    case .invalidBrokerAddress(let reason):
      "the broker's address is not usable: \(reason); it looks like mqtt://host:1883 or mqtts://host:8883"
    case .invalidSettings(let what): "bridge settings: \(what)"
    case .connection(let reason): "connection to the broker: \(reason)"
    case .brokerNotInstalled(let searched):
      "mosquitto is not installed (looked in \(searched.joined(separator: ", "))): apt install mosquitto,"
        + " or name a broker of your own"
    case .brokerPortTaken(let port):
      "port \(port) of 127.0.0.1, asked for by the embedded broker, is in use: name another, or none"
    case .brokerDidNotStart(let words): "the embedded broker did not start: \(words)"
    case .system(let error): error.description
    }
  }
}
