import TestSupport

/// Runs `openssl s_client` as a lines device for the duration of `body`.
func withLinesDevice<Result>(
  _ gateway: RunningGateway, identity: String = "demo", key: String = key(), _ options: [String] = [],
  _ body: (ChildProcess) async throws -> Result
) async throws -> Result {
  let arguments =
    ["s_client", "-quiet", "-connect", gateway.address, "-psk_identity", identity, "-psk", key] + options
  return try await withProcess("openssl", arguments, body)
}

/// Publishes once with `mosquitto_pub`, and waits until it has its acknowledgement.
@discardableResult func publish(
  _ gateway: RunningGateway, identity: String = "demo", key: String = key(), topic: String = "a/b", _ options: [String]
) async throws -> Int32 {
  let arguments =
    ["-h", "127.0.0.1", "-p", "\(gateway.port)", "--psk-identity", identity, "--psk", key, "-t", topic] + options
  return try await withProcess("mosquitto_pub", arguments) { try await $0.waitForExit() }
}

/// Lower-case hex.
func hex(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
