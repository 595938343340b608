import Glibc
import NIOCore

extension TCPOptions {
  /// The socket options and their values (tcp(7), socket(7)).
  var socketOptions: [(ChannelOptions.Types.SocketOption, Int)] {
    var options: [(ChannelOptions.Types.SocketOption, Int)] = [
      (Self.tcp(TCP_NODELAY), noDelay ? 1 : 0), (.socketOption(.so_keepalive), keepAlive == nil ? 0 : 1),
    ]
    if let keepAlive {
      options += [
        (Self.tcp(TCP_KEEPIDLE), Int(clamping: keepAlive.idle.components.seconds)),
        (Self.tcp(TCP_KEEPINTVL), Int(clamping: keepAlive.interval.components.seconds)),
        (Self.tcp(TCP_KEEPCNT), keepAlive.count),
      ]
    }
    if let userTimeout {
      options.append((Self.tcp(TCP_USER_TIMEOUT), Int(clamping: TimeAmount(userTimeout).nanoseconds / 1_000_000)))
    }
    return options
  }

  private static func tcp(_ name: CInt) -> ChannelOptions.Types.SocketOption {
    .tcpOption(NIOBSDSocket.Option(rawValue: name))
  }
}
