import Glibc

/// A TCP port on 127.0.0.1 that was free a moment ago, below the range that outgoing connections take.
public func freePort() throws -> Int {
  for _ in 0..<200 {
    let port = Int.random(in: 15_000..<32_000)
    if canBind(port) { return port }
  }
  throw NeverHappened(description: "no free port")
}

private func canBind(_ port: Int) -> Bool {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  guard descriptor >= 0 else { return false }
  defer { close(descriptor) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = in_port_t(UInt16(port)).bigEndian
  address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
  return unsafe withUnsafePointer(to: &address) { pointer in
    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
  }
}
