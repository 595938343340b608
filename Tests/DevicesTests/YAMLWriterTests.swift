import Model
import Testing

@testable import Devices

/// YAML that is written, and read by Yams.
struct YAMLWriterTests {
  private static let quotes: [(text: String, quoted: String)] = [
    ("", "\"\""), ("a", "\"a\""), ("a\"b", "\"a\\\"b\""), ("a\\b", "\"a\\\\b\""), ("\n", "\"\\u000a\""),
    ("\t", "\"\\u0009\""), ("\0", "\"\\u0000\""), ("\u{7f}\u{85}\u{a0}", "\"\\u007f\\u0085\\u00a0\""),
    ("\u{2028}\u{feff}", "\"\\u2028\\ufeff\""), ("\u{fc}\u{1f600}", "\"\u{fc}\u{1f600}\""),
    ("e\u{301}", "\"e\u{301}\""), ("#: &*!|>'%@`{}[],?-", "\"#: &*!|>'%@`{}[],?-\""),
  ]

  @Test(arguments: quotes)
  func `text stands in double quotes`(text: String, quoted: String) {
    #expect(YAMLWriter.quote(text) == quoted)
  }

  @Test(
    arguments: [0..<0x300, 0x2000..<0x2100, 0xd7f0..<0xd800, 0xe000..<0xe010, 0xfe00..<0x1_0010] as [Range<UInt32>])
  func `any scalar is read back`(scalars: Range<UInt32>) throws {
    let id = try DeviceID("a")
    // As many as an identity has room for.
    for start in stride(from: scalars.lowerBound, to: scalars.upperBound, by: 64) {
      let part = (start..<min(start + 64, scalars.upperBound)).compactMap(Unicode.Scalar.init)
      let text = String(String.UnicodeScalarView(part))
      let yaml = "key: \"\(Keys.first)\"\nidentity: \(YAMLWriter.quote(text))\n"
      let (device, problems) = DeviceFile.parse(Array(yaml.utf8), id: id, path: "x", KeySealer(.none))
      #expect(problems.isEmpty)
      #expect(device?.identity == Array(text.utf8))
    }
  }

  @Test func `writes fields, lists and blocks`() {
    var writer = YAMLWriter()
    writer.plain("a", "true")
    writer.quoted("b", "x")
    writer.list("c", [])
    writer.list("d", ["1", "2"])
    writer.begin("e")
    writer.quoted("f", secret: Array("00ff".utf8), indent: "  ")
    let text = String(decoding: writer.bytes, as: UTF8.self)
    #expect(text == "a: true\nb: \"x\"\nc: []\nd: [\"1\", \"2\"]\ne:\n  f: \"00ff\"\n")
  }
}

/// Aliases, which can make a small file a large tree.
struct AliasTests {
  private static let cases: [(yaml: String, line: Int?)] = [
    ("a: &x 1\nb: *x\n", 2), ("&x a: 1\nb: [c, *x]\n", 2), ("a: &x-1_Y {}\n\n\n? *x-1_Y\n: 1", 4),
    ("a: &x 1\nb: {\"c\":*x}\n", 2),
    // No alias, or none that has its anchor.
    ("a: &x 1\n", nil), ("a: \"*x\"\n", nil), ("a: \"R&D * x\"\nb: \"*D2\"", nil), ("a: x&\nb: x*\n", nil), ("", nil),
    // Text that looks like both is refused as well: rather one too many than one too few.
    ("a: \"&x\"\nb: \"*x\"\n", 2),
  ]

  @Test(arguments: cases)
  func `an alias with its anchor is refused`(yaml: String, line: Int?) {
    do throws(Problem) {
      _ = try YAMLText.parse(Array(yaml.utf8), path: "f")
      #expect(line == nil)
    } catch {
      #expect(error.line == line)
      #expect(error.message == "has an anchor and its alias (&x, *x): write the value out")
    }
  }

  @Test func `an alias without an anchor is no YAML`() {
    #expect(throws: Problem(.error, path: "f", line: 2, "is not YAML: found undefined alias")) {
      try YAMLText.parse(Array("a: 1\nb: *x\n".utf8), path: "f")
    }
  }
}
