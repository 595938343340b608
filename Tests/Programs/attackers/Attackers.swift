import Glibc

/// Many bad clients in one process: attackers MODE COUNT PORT.
///
/// They come from 127.66.0.1 to 127.66.0.20 in turns, and stay until the server has closed all of them; then the number
/// of those that it closed is printed. After two minutes they give up.
@main struct Attackers {
  private static let lifetime = Duration.seconds(120)
  private static let tick: Int32 = 100

  private let mode: Mode
  private let port: UInt16
  private var sockets: [pollfd] = []
  private var closed = 0

  static func main() {
    let words = CommandLine.arguments
    guard words.count == 4, let mode = Mode(rawValue: words[1]), let count = Int(words[2]), let port = UInt16(words[3])
    else { fatalError("usage: attackers drip|silent|garbage|stall COUNT PORT") }
    var limit = rlimit()
    _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    var attackers = Attackers(mode: mode, port: port)
    attackers.run(count)
    print("closed \(attackers.closed)")
  }

  private init(mode: Mode, port: UInt16) {
    self.mode = mode
    self.port = port
  }

  private mutating func run(_ count: Int) {
    let start = ContinuousClock.now
    var dripped = 0
    for number in 0..<count { connect(number) }
    while !sockets.isEmpty, ContinuousClock.now - start < Self.lifetime {
      if let drop = mode.drop(dripped), ContinuousClock.now - start >= .seconds(dripped) {
        dripped += 1
        for socket in sockets { send([drop], to: socket.fd) }
      }
      removeClosed()
    }
  }

  /// Starts a connection from one of twenty addresses; what it opens with waits in the socket until it is connected.
  private mutating func connect(_ number: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { fatalError("socket: error \(errno)") }
    _ = unsafe Self.withAddress([127, 66, 0, UInt8(1 + number % 20)], port: 0) { unsafe bind(descriptor, $0, $1) }
    // Blocks while the server's backlog is full.
    _ = unsafe Self.withAddress([127, 0, 0, 1], port: port) { unsafe Glibc.connect(descriptor, $0, $1) }
    let opening = mode.opening(of: number)
    if !opening.isEmpty { send(opening, to: descriptor) }
    sockets.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
  }

  /// A server that has closed the connection already takes nothing.
  private func send(_ bytes: [UInt8], to descriptor: Int32) {
    _ = unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
  }

  private mutating func removeClosed() {
    guard unsafe poll(&sockets, nfds_t(sockets.count), Self.tick) > 0 else { return }
    sockets.removeAll { socket in
      guard socket.revents != 0 else { return false }
      var bytes = [UInt8](repeating: 0, count: 4096)
      guard unsafe recv(socket.fd, &bytes, bytes.count, 0) <= 0 else { return false }
      close(socket.fd)
      closed += 1
      return true
    }
  }

  private static func withAddress<Result>(
    _ bytes: [UInt8], port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
