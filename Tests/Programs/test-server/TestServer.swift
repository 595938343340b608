import Foundation
import NIOCore
import SecureServer

/// An echo server in a process of its own, for tests that look at the process: test-server MASK TIMEOUT [HANDSHAKES].
///
/// MASK is the key of the identity `demo`, in hex, every bit turned: the key itself is never an argument. TIMEOUT is the
/// handshake timeout in milliseconds, HANDSHAKES how many may be under way. Each line on standard input is answered by one:
/// `counts` by what ``Tally`` counted, `forget` by `forgotten` when other keys are in use.
@main struct TestServer {
  static func main() async throws {
    let words = CommandLine.arguments
    guard words.count >= 3, let timeout = Int(words[2]) else {
      fatalError("usage: test-server MASK TIMEOUT [HANDSHAKES]")
    }
    raiseFileLimit()
    let tally = Tally()
    let server = try makeServer(unmask(words[1]), timeout, words.count > 3 ? Int(words[3]) : nil, tally)
    let bound = try await server.listen()
    say("listening on 127.0.0.1:\(bound[0].port ?? 0)")
    let running = Task { try await server.run() }
    while let line = readLine() {
      switch line {
      case "counts": say(tally.line)
      case "forget":
        try server.reload(tls: settings(try PreSharedKey([UInt8](repeating: 1, count: 16))))
        say("forgotten")
      default: say("unknown: \(line)")
      }
    }
    running.cancel()
    try await running.value
  }

  /// Of the key nothing stays behind but what the server holds.
  private static func makeServer(
    _ key: PreSharedKey, _ timeout: Int, _ handshakes: Int?, _ tally: Tally
  ) throws -> SecureServer {
    var configuration = SecureServerConfiguration(addresses: [.host("127.0.0.1", port: 0)], tls: settings(key))
    configuration.handshakeTimeout = .milliseconds(timeout)
    if let handshakes { configuration.limits.handshaking = handshakes }
    return try SecureServer(configuration: configuration, observer: tally.observe) { channel, _ in
      try channel.pipeline.syncOperations.addHandler(EchoHandler())
    }
  }

  private static func settings(_ key: PreSharedKey) -> TLSConfiguration {
    TLSConfiguration { offer in offer.identityString == "demo" ? .accept(key) : .unknownIdentity }
  }

  /// The key; what lay in memory on the way is wiped.
  private static func unmask(_ hex: String) throws -> PreSharedKey {
    var bytes = [UInt8](repeating: 0, count: hex.utf8.count / 2)
    defer { for index in bytes.indices { bytes[index] = 0 } }
    for (index, digit) in hex.enumerated() {
      bytes[index / 2] = bytes[index / 2] << 4 | UInt8(15 - (digit.hexDigitValue ?? 0))
    }
    return try PreSharedKey(bytes)
  }

  private static func raiseFileLimit() {
    var limit = rlimit()
    _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  private static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}

private final class EchoHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.writeAndFlush(data, promise: nil) }
}
