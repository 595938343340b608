import Devices
import Model
import TestSupport
import Testing

/// What a `NAME.psk` can say.
struct BundleTests {
  @Test func `reads what Mosquitto, stunnel and EMQX write`() async throws {
    let text = """
      # Mosquitto's psk_file skips comments
      one:\(Keys.first)

      two : \(Keys.second.uppercased())\u{20}
      \tthree:\(Keys.third)\r
      """
    try await withDevices(["fleet.psk": text]) { directory in
      let (table, problems) = try directory.load()
      #expect(problems.isEmpty)
      #expect(table.ids == ["one", "three", "two"])
      #expect(table.credential(for: "one")?.key.hex == Keys.first)
      #expect(table.credential(for: "two")?.key.hex == Keys.second)
      #expect(table.credential(for: "three")?.key.hex == Keys.third)
      #expect(table.device("two")?.source == Source(kind: .bundle, path: "\(directory.path)/fleet.psk", line: 4))
    }
  }

  @Test(arguments: ["", "\n", "# nothing", "\r\n\r\n"])
  func `a bundle may be empty`(text: String) async throws {
    try await withDevices(["fleet.psk": text]) { directory in
      let (table, problems) = try directory.load()
      #expect(problems.isEmpty)
      #expect(table.count == 0)
    }
  }

  @Test func `skips a byte order mark`() async throws {
    try await withDevices(["fleet.psk": "\u{feff}one:\(Keys.first)"]) { directory in
      let table = try directory.load().table
      #expect(table.ids == ["one"])
    }
  }

  private static let keyRule = "a key is 16 to 64 bytes in hex"
  private static let refusals: [(line: String, message: String)] = [
    ("one", "has no ':': a line is identity:hexkey, or a comment after '#'"),
    (":\(Keys.first)", "the identity has 0 bytes: an identity has 1 to 256"),
    ("\(String(repeating: "x", count: 257)):\(Keys.first)", "the identity has 257 bytes: an identity has 1 to 256"),
    ("one:", "the key is empty: \(keyRule)"),
    ("one:\(Keys.first)0", "the key has an odd number of hex digits (33): \(keyRule)"),
    ("one:00112233", "the key is short (bytes: 4): \(keyRule), or fewer with weak_key: accepted in a file of its own"),
    ("one:\(String(repeating: Keys.first, count: 4))00", "the key is long (bytes: 65): \(keyRule)"),
    ("a:b:\(Keys.first)", "the key has no hex digit at character 2: \(keyRule)"),
    ("one:\(Keys.first) # mine", "the key has no hex digit at character 33: \(keyRule)"),
    ("one:correct horse battery staple", "the key has no hex digit at character 2: \(keyRule)"),
    ("one:enc:v1:AAAA", "the key is encrypted and no master key is given to open it"),
  ]

  @Test(arguments: refusals)
  func `refuses a line, not its neighbours`(line: String, message: String) async throws {
    let text = "before:\(Keys.second)\n\n\(line)\nafter:\(Keys.third)\n"
    try await withDevices(["fleet.psk": text]) { directory in
      let (table, problems) = try directory.load()
      #expect(problems.map(directory.short) == ["fleet.psk:3: error: \(message)"])
      #expect(table.ids == ["after", "before"])
    }
  }

  @Test func `counts what is too much to tell`() async throws {
    var options = DeviceDirectory.Options()
    options.maximumProblemsPerBundle = 2
    try await withDevices(["fleet.psk": "a\nb\nc\nd\ne:\(Keys.first)\n"], options: options) { directory in
      let problems = try directory.problems()
      #expect(problems.count == 3)
      #expect(problems.last == "fleet.psk:3: error: 2 more errors from here on")
    }
  }

  @Test func `refuses a bundle that is too long`() async throws {
    var options = DeviceDirectory.Options()
    options.maximumBundleBytes = 20
    try await withDevices(["fleet.psk": "one:\(Keys.first)"], options: options) { directory in
      let problems = try directory.problems()
      #expect(problems == ["fleet.psk:1: error: is longer than 20 bytes: split it"])
    }
  }

  @Test func `refuses a line of a megabyte`() async throws {
    let text = "one:\(Keys.first)\n\(String(repeating: "x", count: 1 << 20))\n"
    try await withDevices(["fleet.psk": text]) { directory in
      let problems = try directory.problems()
      #expect(problems == ["fleet.psk:2: error: is longer than 1048576 bytes"])
    }
  }

  @Test func `lines lie across the window's edge as well`() async throws {
    let names = (0..<30_000).map { "device-\($0)" }
    let text = names.map { "\($0):\(Keys.random())" }.joined(separator: "\n")
    #expect(text.utf8.count > 2 << 20)
    try await withDevices(["fleet.psk": text]) { directory in
      let (table, problems) = try directory.load()
      #expect(problems.isEmpty)
      #expect(table.map(\.id.name) == names)
      #expect(table.device("device-29999")?.source?.line == 30_000)
    }
  }

  @Test func `refuses more devices than allowed, by file`() async throws {
    var options = DeviceDirectory.Options()
    options.maximumDevices = 2
    let files = [
      "a.yaml": "key: \"\(Keys.random())\"", "b.psk": "one:\(Keys.first)\ntwo:\(Keys.second)",
      "c.psk": "three:\(Keys.third)",
    ]
    try await withDevices(files, options: options) { directory in
      let (table, problems) = try directory.load()
      #expect(problems.map(directory.short) == ["b.psk:1: error: brings more than 2 devices in all: not read"])
      #expect(table.ids == ["a", "three"])
    }
  }
}
