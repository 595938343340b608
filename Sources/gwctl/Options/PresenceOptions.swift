import ArgumentParser

/// Selects devices by whether they are connected.
struct PresenceOptions: ParsableArguments {
  @Flag(help: "Only devices that are connected, and since when; asks the running gateway.")
  var online = false

  @Flag(help: "Only devices that are not connected, and when they were last seen.")
  var offline = false

  func validate() throws {
    guard !(online && offline) else { throw ValidationError("Give --online or --offline, or neither for all devices.") }
  }

  /// Whether it matters who is connected.
  var areGiven: Bool { online || offline }
}
