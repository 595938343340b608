import Foundation
import NIOCore
import SecureServer

/// An echo server in a process of its own, for tests that take its files away or kill it:
/// `listening-server PORT IDENTITY KEY`, the key as text. It writes a line for each event, and milliseconds with each
/// failure to accept.
@main struct ListeningServer {
  static func main() async throws {
    let words = CommandLine.arguments
    let key = try PreSharedKey(Array(words[3].utf8))
    let tls = TLSConfiguration { offer in
      offer.identityString == words[2] ? .accept(key) : .unknownIdentity
    }
    var settings = SecureServerConfiguration(addresses: [.host("127.0.0.1", port: Int(words[1]) ?? 0)], tls: tls)
    settings.handshakeTimeout = .seconds(600)
    let start = ContinuousClock.now
    let server = try SecureServer(
      configuration: settings, observer: { say(line(for: $0, at: ContinuousClock.now - start)) },
      channelInitializer: { channel, _ in try channel.pipeline.syncOperations.addHandler(Echo()) })
    let addresses = try await server.listen()
    say("listening on \(addresses.first?.port ?? 0)")
    try await server.run()
  }

  private static func line(for event: SecureServerEvent, at time: Duration) -> String {
    switch event {
    case .accepted: "accepted"
    case .handshakeStarted: "started"
    case .handshakeFailed(_, let failure): "failed \(failure.reason)"
    case .established: "established"
    case .alertSent: "alert sent"
    case .alertReceived: "alert received"
    case .closed: "closed"
    case .keyLogEnabled: "key log"
    case .acceptFailed(let text): "acceptFailed \(Int(time / .milliseconds(1))) \(text)"
    }
  }
}

/// Writes a line at once, to a pipe too.
private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

private final class Echo: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.writeAndFlush(data, promise: nil) }
}
