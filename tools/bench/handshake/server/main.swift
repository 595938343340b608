// The least that can be made of SecureServer: one key, one event loop, and what peers say is thrown away.
//
//   handshake-server PORT IDENTITY HEXKEY    listens on 127.0.0.1
import NIOCore
import NIOPosix
import SecureServer

func bytes(hex: String) -> [UInt8]? {
  let digits = hex.compactMap(\.hexDigitValue)
  guard digits.count == hex.count, digits.count.isMultiple(of: 2) else { return nil }
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

let arguments = CommandLine.arguments
guard arguments.count == 4, let port = Int(arguments[1]), let secret = bytes(hex: arguments[3]) else {
  print("usage: handshake-server PORT IDENTITY HEXKEY")
  throw CancellationError()
}
let identity = Array(arguments[2].utf8)
let key = try PreSharedKey(secret)
let tls = TLSConfiguration { offer in offer.identity == identity ? .accept(key) : .unknownIdentity }
let server = try SecureServer(
  configuration: SecureServerConfiguration(addresses: [.host("127.0.0.1", port: port)], tls: tls),
  group: MultiThreadedEventLoopGroup(numberOfThreads: 1), channelInitializer: { _, _ in })
try await server.run()
