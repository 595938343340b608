import Model
import Platform
import TestSupport
import Testing

@testable import Devices

/// Lines taken apart.
struct BundleLineTests {
  private static let lines: [(line: String, identity: String?, key: String?)] = [
    ("a:00", "a", "00"), ("a:", "a", ""), (":00", "", "00"), (":", "", ""), ("a", "a", nil),
    (" a : 00 ", "a", "00"), ("\ta\t:\t00\t\r", "a", "00"), ("a b:0 0", "a b", "0 0"), ("a:b:c", "a", "b:c"),
    ("a::00", "a", ":00"), ("a#:00", "a#", "00"), ("a:00#", "a", "00#"), ("a\r:00\r", "a", "00"),
    ("", nil, nil), (" ", nil, nil), ("\r", nil, nil), ("#", nil, nil), ("#a:00", nil, nil), (" \t#a:00", nil, nil),
    ("\u{fc}:00", "\u{fc}", "00"), ("\0:00", "\0", "00"),
  ]

  @Test(arguments: lines)
  func `a line is split at its first colon`(line: String, identity: String?, key: String?) {
    let bytes = Array(line.utf8)
    let parts = BundleLine(bytes.span)
    func text(_ range: Range<Int>?) -> String? { range.map { String(decoding: bytes[$0], as: UTF8.self) } }
    #expect(text(parts?.identity) == identity)
    #expect(text(parts?.key) == key)
  }

  private static let owners: [(id: String, line: String, isOwner: Bool)] = [
    ("a", "a:00", true), ("a", " a : broken", true), ("a", "a", true), ("a", "#a:00", false), ("a", "", false),
    ("a", "b:a", false), ("a", "A:00", false), ("a%20b", "a b:00", true), ("a%20b", "a%20b:00", false),
    ("a%2520b", "a%20b:00", true), ("a", ":00", false),
    ("\(String(repeating: "x", count: 40))-9537c5fdf120482f", "\(String(repeating: "x", count: 65)):00", true),
  ]

  @Test(arguments: owners)
  func `a line belongs to the id of its identity`(id: String, line: String, isOwner: Bool) throws {
    let found = BundleText.has(anyOf: [try DeviceID(id)], Array(line.utf8).span)
    #expect(found == isOwner)
  }
}

/// Files read line by line through one window.
struct LineReaderTests {
  private func lines(_ text: String, limit: Int = 10 << 20) async throws -> [String] {
    try await withTemporaryDirectory { directory in
      try write(text, to: "\(directory)/a")
      var lines: [String] = []
      try LineReader.read(InputFile(path: "\(directory)/a"), limit: limit) { line, number in
        lines.append(String(decoding: line.array, as: UTF8.self))
        #expect(number == lines.count)
      }
      return lines
    }
  }

  private static let texts: [(text: String, lines: [String])] = [
    ("", []), ("a", ["a"]), ("a\n", ["a"]), ("\n", [""]), ("\n\n", ["", ""]), ("a\nb", ["a", "b"]),
    ("a\r\nb\r\n", ["a\r", "b\r"]), ("\u{feff}a\n\u{feff}b", ["a", "\u{feff}b"]), ("\u{feff}", []),
  ]

  @Test(arguments: texts)
  func `every line comes once, in order`(text: String, expected: [String]) async throws {
    let lines = try await lines(text)
    #expect(lines == expected)
  }

  @Test(arguments: [-2, -1, 0, 1, 2])
  func `lines may end wherever the window does`(offset: Int) async throws {
    let first = String(repeating: "x", count: LineReader.maximumLineBytes / 2)
    let second = String(repeating: "y", count: LineReader.maximumLineBytes / 2 + offset - 2)
    let expected = [first, second, "z", second, "", "end"]
    let lines = try await lines(expected.joined(separator: "\n"))
    #expect(lines == expected)
  }

  @Test func `a line may be as long as the window, but not longer`() async throws {
    let longest = String(repeating: "x", count: LineReader.maximumLineBytes - 1)
    let read = try await lines("a\n\(longest)\nb")
    #expect(read == ["a", longest, "b"])
    await #expect(throws: Problem.self) { try await lines("a\n\(longest)xx\nb") }
  }

  @Test func `no more is read than allowed`() async throws {
    let read = try await lines("abc\n", limit: 4)
    #expect(read == ["abc"])
    await #expect(throws: Problem.self) { try await lines("abc\n", limit: 3) }
  }
}

/// Files read in one go.
struct FileContentsTests {
  @Test func `a file comes whole, if it is not too long`() async throws {
    try await withTemporaryDirectory { directory in
      try write("abc", to: "\(directory)/a")
      let bytes = try InputFile(path: "\(directory)/a").contents(limit: 3)
      #expect(bytes == Array("abc".utf8))
      #expect(throws: Problem(.error, path: "\(directory)/a", "is longer than 2 bytes")) {
        try InputFile(path: "\(directory)/a").contents(limit: 2)
      }
    }
  }

  @Test func `a file that is longer than it says is not taken`() {
    // The kernel's files say that they are empty.
    #expect(throws: Problem(.error, path: "/proc/version", "changed while it was read")) {
      try InputFile(path: "/proc/version").contents(limit: 100)
    }
  }
}
