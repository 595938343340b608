import Model
import Testing

/// Topic names (MQTT 5 §4.7).
struct TopicTests {
  @Test(arguments: ["a", "/", "a/b", "//", "$SYS/x", "a b", "ä", "\u{FEFF}", String(repeating: "t", count: 65_535)])
  func `takes`(name: String) throws {
    #expect(try Topic(name).name == name)
  }

  @Test(arguments: [
    "", "+", "#", "a/+", "a/#", "a+", "a\0b", "#\u{301}", "a\u{301}+\u{301}", String(repeating: "t", count: 65_536),
    String(repeating: "ä", count: 32_768),
  ])
  func `refuses`(name: String) {
    #expect(throws: ModelError.self) { try Topic(name) }
  }

  @Test(arguments: [
    ("a", ["a"]), ("a/b", ["a", "b"]), ("/", ["", ""]), ("a//b/", ["a", "", "b", ""]),
    ("a/\u{301}b", ["a", "\u{301}b"]),
  ])
  func `has the levels between its slashes`(name: String, levels: [String]) throws {
    #expect(try Topic(name).levels.map(String.init) == levels)
  }

  @Test func `is not normalized [MQTT-4.7.3-4]`() throws {
    let (composed, decomposed) = ("\u{E9}", "e\u{301}")
    #expect(composed == decomposed)
    #expect(try Topic(composed) != Topic(decomposed))
    #expect(try TopicFilter(composed) != TopicFilter(decomposed))
    #expect(try Topic(composed) == Topic(composed))
  }
}
