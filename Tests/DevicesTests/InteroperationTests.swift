import Devices
import Foundation
import Model
import TestSupport
import Testing

/// Bundles that others read as well: who connects there is in the table here, with the same key.
struct InteroperationTests {
  @Test func `Mosquitto reads a bundle as we do`() async throws {
    let text = "# fleet\none:\(Keys.first)\n\nt w o : \(Keys.second.uppercased()) \nthree:\(Keys.third)\n"
    try await withDevices(["fleet.psk": text]) { directory in
      let (table, problems) = try directory.load()
      #expect(problems.isEmpty && table.count == 3)
      let options = "psk_hint gateway\npsk_file \(directory.path)/fleet.psk\n"
      try await withMosquitto(configuration: options) { broker in
        for device in table {
          let right = try await publish(device, key: device.key.hex, to: broker.port)
          let wrong = try await publish(device, key: Keys.random(byteCount: 16), to: broker.port)
          #expect(right == 0 && wrong != 0)
        }
      }
    }
  }

  @Test func `a bundle that is written here is read by Mosquitto`() async throws {
    let credentials = ["one", "zw\u{f6}lf", "a.b-c_d"].map {
      Credential(identity: Array($0.utf8), key: PresharedKey.random())
    }
    try await withDevices { directory in
      try directory.edit { editor throws(DevicesError) in try editor.addBundle(named: "fleet", credentials) }
      let table = try directory.load().table
      #expect(table.count == 3)
      let options = "psk_hint gateway\npsk_file \(directory.path)/fleet.psk\n"
      try await withMosquitto(configuration: options) { broker in
        for device in table {
          let status = try await publish(device, key: device.key.hex, to: broker.port)
          #expect(status == 0)
        }
      }
    }
  }

  private func publish(_ device: Device, key: String, to port: Int) async throws -> Int32 {
    let identity = String(decoding: device.identity, as: UTF8.self)
    let arguments = [
      "-h", "127.0.0.1", "-p", "\(port)", "-t", "a", "-m", "b", "-q", "1", "--psk-identity", identity, "--psk", key,
    ]
    return try await withProcess("mosquitto_pub", arguments) { try await $0.waitForExit() }
  }

  @Test func `a writer waits for another process that holds the lock`() async throws {
    try await withDevices { directory in
      let lock = "\(directory.path)/.lock"
      let holder = ["-x", lock, "sh", "-c", "echo held; read line"]
      try await withProcess("flock", holder) { holder in
        try await holder.waitForOutput("held")
        let adding = Task.detached { try directory.add(.make("a")) }
        // The writer has the file open, so it has come as far as the lock.
        try await eventually("the writer at the lock") { try openCount(of: lock) > 0 }
        #expect(try directory.load().table.count == 0)
        try holder.write("\n")
        try await adding.value
        #expect(try directory.load().table.ids == ["a"])
      }
    }
  }

  /// How often this process has `path` open.
  private func openCount(of path: String) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count { descriptor in
      // A descriptor may be closed by now.
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")) == path
    }
  }
}
