// Sends back whatever it is sent, over TLS with a pre-shared key. In one terminal, and in another:
//
//     swift run echo 127.0.0.1:4433 demo 3f1c7a905be24d8812ab34cd56ef7890
//     openssl s_client -quiet -connect 127.0.0.1:4433 -psk_identity demo -psk 3f1c7a905be24d8812ab34cd56ef7890
//
// A key on a command line is for trying things out: whoever is on the machine can read it there.
import Foundation
import NIOCore
import SecureServer

@main struct Echo {
  static func main() async throws {
    let words = CommandLine.arguments
    guard words.count == 4, let (host, port) = address(words[1]), let keyBytes = bytes(hex: words[3]) else {
      FileHandle.standardError.write(Data("usage: echo HOST:PORT IDENTITY HEXKEY\n".utf8))
      exit(64)
    }
    let key = try PreSharedKey(keyBytes)
    let tls = TLSConfiguration { offer in offer.identityString == words[2] ? .accept(key) : .unknownIdentity }
    let server = try SecureServer(
      configuration: SecureServerConfiguration(addresses: [.host(host, port: port)], tls: tls))

    let bound = try await server.listen()
    FileHandle.standardOutput.write(Data("listening on \(host):\(bound[0].port ?? port)\n".utf8))
    let running = Task { try await server.run() }
    let terminated = onSignal(SIGTERM) { running.cancel() }
    // One task a connection; the sequence ends when the server has stopped.
    await withDiscardingTaskGroup { group in
      for await connection in server.connections { group.addTask { await echo(connection) } }
    }
    try await running.value
    terminated.cancel()
  }

  /// One connection, from here to its end.
  static func echo(_ connection: SecureConnection) async {
    do {
      try await connection.executeThenClose { inbound, outbound in
        for try await piece in inbound { try await outbound.write(piece) }
      }
    } catch {
      FileHandle.standardError.write(Data("connection \(connection.id): \(error)\n".utf8))
    }
  }
}

/// Has `action` run when the signal comes, which then no longer ends the process by itself.
func onSignal(_ number: Int32, _ action: @escaping @Sendable () -> Void) -> any DispatchSourceSignal {
  signal(number, SIG_IGN)
  let source = DispatchSource.makeSignalSource(signal: number)
  source.setEventHandler(handler: action)
  source.resume()
  return source
}

func address(_ text: String) -> (host: String, port: Int)? {
  guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]) else { return nil }
  return (text[..<colon].trimmingCharacters(in: ["[", "]"]), port)
}

func bytes(hex: String) -> [UInt8]? {
  let digits = hex.compactMap(\.hexDigitValue)
  guard digits.count == hex.count, digits.count.isMultiple(of: 2) else { return nil }
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}
