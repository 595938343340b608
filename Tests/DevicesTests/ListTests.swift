import Devices
import Foundation
import Model
import TestSupport
import Testing

/// Lists of devices from elsewhere.
struct ListTests {
  /// In lists, F, S and T stand for keys.
  private static let lines: [(format: ListFormat, text: String, wanted: [String])] = [
    (
      .psk, "# fleet\r\none:F\r\n\r\n t w o : S \nthr\u{e9}e:T",
      ["one one F", "t%20w%20o t w o S", "thr%C3%A9e thr\u{e9}e T"]
    ),
    (.psk, "\u{feff}one:F\n", ["one one F"]),
    (.psk, "", []),
    (.stunnel, "one:F\ntwo:sixteen letters.\n", ["one one F", "two two 7369787465656e206c6574746572732e"]),
    (.stunnel, "odd:\(Keys.first)0\n", ["odd odd \(hex(Keys.first + "0"))"]),
    (.emqx, "one:F\n", ["one one \(hex(Keys.first))"]),
    (.emqx, "a: sixteen:letters \r\n", ["a a \(hex(" sixteen:letters "))"]),
  ]

  @Test(arguments: lines) func `reads lines`(format: ListFormat, text: String, wanted: [String]) async throws {
    let list = try await read(text, format)
    #expect(list.problems.filter { $0.severity == .error } == [])
    #expect(list.devices.map(summary) == wanted.map(filled))
  }

  private static let badLines: [(format: ListFormat, text: String, problems: [String])] = [
    (.psk, "one", ["1: has no ':': a line is identity:hexkey, or a comment after '#'"]),
    (.psk, ":F", ["1: the identity has 0 bytes: an identity has 1 to 256"]),
    (
      .psk, "\na:00\n",
      [
        "2: the key is short (bytes: 1): a key is 16 to 64 bytes in hex, or fewer with weak_key: accepted in a file of its own"
      ]
    ),
    (.psk, "a:xyz", ["1: the key has no hex digit at character 1: a key is 16 to 64 bytes in hex"]),
    (.emqx, "a:short\n", ["1: the key has 5 bytes of text: a key has 16 to 64"]),
    (.stunnel, "a:short\n", ["1: the key has 5 bytes of text: a key has 16 to 64"]),
    (.psk, "a:F\nb:S\na:T\n", ["3: device 'a' is on line 1 already"]),
    (.psk, "\(String(repeating: "x", count: 257)):F", ["1: the identity has 257 bytes: an identity has 1 to 256"]),
  ]

  @Test(arguments: badLines)
  func `says what is wrong with a line, and where`(format: ListFormat, text: String, problems: [String]) async throws {
    let list = try await read(text, format)
    #expect(list.problems.map { "\($0.line): \($0.message)" } == problems)
  }

  @Test func `tells a hundred errors and counts the rest`() async throws {
    let list = try await read((0..<250).map { "a\($0)\n" }.joined(), .psk)
    #expect(list.problems.count == 101)
    #expect(list.problems.last?.message == "150 more errors from here on")
  }

  @Test func `a list that is not there is an error`() {
    #expect(throws: DevicesError.self) { try DeviceList(path: "/nonexistent", format: .psk) }
    #expect(throws: DevicesError.self) { try DeviceList(path: "/", format: .json) }
  }

  private static let tables: [(text: String, wanted: [String])] = [
    ("id,key\na,F\n", ["a a F"]),
    ("key,identity\r\nF,\"x, \"\"y\"\"\"\r\n", ["x%2C%20%22y%22 x, \"y\" F"]),
    ("\u{feff}\"id\",\"key\"\n\n\"a\",\"F\"\n\nb,S", ["a a F", "b b S"]),
    ("id,key,labels.note\na,F,\"two\r\nlines\"\n", ["a a F note=two\r\nlines"]),
    ("id,identity_hex,key\na,00ff,F\n", ["a \u{0}\u{fffd} F"]),
    ("id,key,labels.key\na,F,S\n", ["a a F key=S"]),
    ("id,key,enabled\na,F,FALSE\nb,S,true\n", ["a a F disabled", "b b S"]),
  ]

  @Test(arguments: tables) func `reads tables`(text: String, wanted: [String]) async throws {
    let list = try await read(text, .csv)
    #expect(list.problems == [])
    #expect(list.devices.map(summary) == wanted.map(filled))
  }

  private static let badTables: [(text: String, problem: String)] = [
    ("", "1: is empty: the first line names the columns"),
    ("id\na\n", "1: has no key: the first line names the columns"),
    ("id;key\na;F\n", "1: 'id;key' is no column: the first line names the columns, separated by commas"),
    ("id,key,id\n", "1: the column 'id' is there twice; keep one"),
    ("id,key,labels.\n", "1: 'labels.' is no column"),
    ("id,key\na\n", "2: has 1 cells where the head has 2"),
    ("id,key\na,F,\n", "2: has 3 cells where the head has 2"),
    ("id,key\na,\"F\n", "2: begins a quote that is never closed"),
    ("id,key\na,\"F\"x\n", "2: has text behind a closing quote"),
    ("id,key\na\"b,F\n", "2: has a quote within a cell"),
    ("id,key\n,F\n", "2: id is missing: give an id, or an identity to make one of"),
    ("id,key\na/b,F\n", "2: an id is made of"),
    ("id,key,enabled\na,F,0\n", "2: enabled is neither true nor false"),
    ("id,key,quota.payload_bytes\na,F,x\n", "2: payload_bytes is not a whole number"),
    ("id,key,from\na,F,nowhere\n", "2: from: 'nowhere' is not an address range"),
    ("id,key,labels.x\na,F,\"1\n2\"\nb,G,\n", "4: the key has no hex digit at character 1"),
    ("id,identity,key\na,x,F\nb,x,S\n", "3: an identity of device 'b' is on line 2 already: each is for one device"),
    ("id,key,next.identity,next.key\na,F,b,S\nb,T,,\n", "3: an identity of device 'b' is on line 2 already"),
  ]

  @Test(arguments: badTables)
  func `says what is wrong with a table, and where`(text: String, problem: String) async throws {
    let list = try await read(text, .csv)
    let problems = list.problems.map { "\($0.line): \($0.message)" }
    #expect(
      problems.first?.contains(problem.dropFirst(3)) == true && problems.first?.hasPrefix(problem.prefix(3)) == true)
    #expect(list.problems.count == 1, "\(problems)")
  }

  private func read(_ text: String, _ format: ListFormat) async throws -> DeviceList {
    try await withTemporaryDirectory { directory in
      try TestSupport.write(filled(text), to: "\(directory)/list")
      return try DeviceList(path: "\(directory)/list", format: format)
    }
  }
}

/// `text` with keys where F, S and T stand.
func filled(_ text: String) -> String {
  let keys: [Substring: String] = ["F": Keys.first, "S": Keys.second, "T": Keys.third]
  return text.replacing(/\b[FST]\b/.wordBoundaryKind(.simple)) { keys[$0.output] ?? "" }
}

private func hex(_ text: String) -> String {
  let digits = Array(text.utf8).flatMap { [$0 >> 4, $0 & 15] }
  return digits.map { String($0, radix: 16) }.joined()
}

private func summary(_ device: Device) -> String {
  let labels = device.labels.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
  let identity = String(decoding: device.identity, as: UTF8.self)
  return "\(device.id) \(identity) \(device.key.hex)\(labels)\(device.isEnabled ? "" : " disabled")"
}
