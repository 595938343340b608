import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Stands where systemd would, and remembers what a service tells it (sd_notify(3)).
public final class Notifications: Sendable {
  /// What $NOTIFY_SOCKET says.
  public let path: String
  private let list = NIOLockedValueBox<[String]>([])

  fileprivate init(path: String) { self.path = path }

  /// Each datagram, in order.
  public var all: [String] { list.withLockedValue { $0 } }

  fileprivate final class Handler: ChannelInboundHandler, Sendable {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    private let notifications: Notifications

    init(_ notifications: Notifications) { self.notifications = notifications }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let text = String(buffer: unwrapInboundIn(data).data)
      notifications.list.withLockedValue { $0.append(text) }
    }
  }
}

/// Listens for notifications for the duration of `body`.
public func withNotifications<Result>(_ body: (Notifications) async throws -> Result) async throws -> Result {
  try await withTemporaryDirectory { directory in
    let notifications = Notifications(path: directory + "/notify")
    let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { $0.pipeline.addHandler(Notifications.Handler(notifications)) }
      .bind(unixDomainSocketPath: notifications.path).get()
    let result = try await body(notifications)
    try await channel.close()
    return result
  }
}
