import TestSupport
import Testing

@testable import gwctl

@Suite struct KeyOptionsTests {
  private static let key = "9f86d081884c7d659a2feaa0c55ad015"
  /// What is piped in, and the key that is taken from it.
  private static let lines: [(input: String, taken: String?)] = [
    ("\(key)\n\(key)\n", key), ("\(key)\n" + String(repeating: "x", count: 100_000), key),
    (String(repeating: " ", count: 100_000) + key, nil),
  ]

  @Test(arguments: [key, key + "\n", " \t" + key + "\r\n", key.uppercased() + "\n\n"])
  func `takes a key from a file`(_ text: String) async throws {
    try await withGwctl { gwctl in
      try write(text, to: gwctl.directory + "/key")
      let outcome = try await gwctl("add-device", "a", "--key-file", gwctl.directory + "/key", "--json")
      try #expect(outcome.json["key"] as? String == Self.key)
    }
  }

  @Test func `takes a key from standard input`() async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl("add-device", "a", "--key-stdin", "--json", input: Self.key + "\n")
      try #expect(outcome.json["key"] as? String == Self.key)
    }
  }

  @Test(arguments: lines)
  func `reads one line of standard input, and no more than a key needs`(_ input: String, _ taken: String?) async throws
  {
    try await withGwctl { gwctl in
      let outcome = try await gwctl("add-device", "a", "--key-stdin", "--json", input: input)
      #expect(outcome.status == (taken == nil ? 1 : 0))
      if let taken { try #expect(outcome.json["key"] as? String == taken) }
    }
  }

  @Test func `warns of a file that others can read`() async throws {
    try await withGwctl { gwctl in
      try write(Self.key, to: gwctl.directory + "/key", mode: 0o640)
      let outcome = try await gwctl("add-device", "a", "--key-file", gwctl.directory + "/key")
      #expect(outcome.status == 0)
      #expect(outcome.errorOutput.hasPrefix("gwctl: warning: \(gwctl.directory)/key may be read or written by others"))
    }
  }

  @Test(arguments: [
    ("", "is empty"), ("9f86", "is short (bytes: 2)"), (key + "0", "has an odd number of hex digits (33)"),
    (key + "xy", "has no hex digit at character 33"), (key + key + key + key + key, "is long (bytes: 80)"),
    (key + " " + key, "has no hex digit at character 33"),
  ])
  func `says what is wrong with a key and never shows it`(_ text: String, _ complaint: String) async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl("add-device", "a", "--key-stdin", input: text)
      #expect(outcome.status == 1)
      #expect(outcome.errorOutput.hasPrefix("gwctl: the key from standard input \(complaint)"))
      #expect(outcome.complaints.count == 1)
      #expect(!outcome.errorOutput.contains(Self.key))
      try #expect(gwctl.files == [])
    }
  }

  @Test(arguments: [
    ("/nowhere/key", "the key cannot be read: open /nowhere/key: No such file or directory"),
    ("/dev/null", "/dev/null is no file: pipe the key in with --key-stdin"),
    ("/tmp", "/tmp is no file: pipe the key in with --key-stdin"),
  ])
  func `says what is wrong with a file`(_ path: String, _ complaint: String) async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl("add-device", "a", "--key-file", path)
      #expect(outcome.status == 1)
      #expect(outcome.errorOutput == "gwctl: \(complaint)\n")
    }
  }

  @Test func `lets no key be typed where everybody sees it`() async throws {
    try await withGwctl { gwctl in
      let outcome = try await gwctl.atTerminal("add-device", "a", "--key-stdin", answer: Self.key)
      #expect(outcome.status == 1)
      #expect(outcome.output.contains("pipe the key in, or use --key-file"))
      try #expect(gwctl.files == [])
    }
  }
}
