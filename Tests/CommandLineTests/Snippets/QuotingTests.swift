import TestSupport
import Testing

@testable import gwctl

@Suite struct QuotingTests {
  @Test(arguments: [
    ("sensor-1", "sensor-1"), ("a:b/c@d%e+f._", "a:b/c@d%e+f._"), ("", "''"), ("a b", "'a b'"), ("Zähler", "'Zähler'"),
    ("it's", #"'it'\''s'"#), ("$(id)`id`", "'$(id)`id`'"), ("~", "'~'"), ("*", "'*'"), ("a=b", "'a=b'"),
    ("a\nb", #"$'a\012b'"#), ("\u{1b}[2J'\\", #"$'\033[2J\'\\'"#),
  ])
  func `quotes a word for the shell`(_ text: String, _ word: String) {
    #expect(shellWord(text) == word)
  }

  @Test(arguments: [
    ("sensor-1", #""sensor-1""#), (#"a"b\c"#, #""a\"b\\c""#), ("??=", #""\?\?=""#), ("ä1", #""\303\2441""#),
    ("\u{0}9", #""\0009""#), ("\n", #""\012""#),
  ])
  func `quotes a string for C`(_ text: String, _ literal: String) {
    #expect(cString(text) == literal)
  }

  @Test func `lays bytes out for C`() {
    let bytes: [UInt8] = [0, 1, 2, 3, 4, 5, 6, 7, 0xff]
    #expect(cBytes(bytes.span, indent: "  ") == "  0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,\n  0xff,")
  }

  @Test func `writes hex in lower case with both digits`() {
    let bytes: [UInt8] = [0x00, 0x0a, 0xb0, 0xff]
    #expect(hex(bytes.span) == "000ab0ff")
  }

  @Test(arguments: [
    (Array("text".utf8), true), (Array("Zähler".utf8), true), ([], true), ([0xff], false), ([0x41, 0x00], false),
    ([0x1b], false), ([0xc2, 0x85], false), ([0x7f], false),
  ])
  func `knows what a terminal can show`(_ bytes: [UInt8], _ isShown: Bool) {
    #expect(isPrintable(bytes) == isShown)
  }

  @Test(arguments: [
    Array("it's $HOME `id` \"x\" \\ !".utf8), Array("Zähler ☃".utf8), [0xff, 0xfe, 0x31, 0x0a, 0x01, 0x5c],
  ])
  func `means the same to a real shell`(_ bytes: [UInt8]) async throws {
    let script = "printf %s \(shellWord(bytes)); printf ."
    let shell = try await run("bash", ["-c", script])
    #expect(shell.outputBytes == bytes + [UInt8(ascii: ".")])
  }
}
