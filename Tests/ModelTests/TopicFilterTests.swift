import Model
import Testing

/// Which topics a filter covers (MQTT 5 §4.7).
struct TopicFilterTests {
  @Test(arguments: ["a", "/", "+", "#", "a/+/b", "+/+", "a/#", "/#", "+/#", "$SYS/#", "ä/+", "/+"])
  func `takes`(pattern: String) throws {
    #expect(try TopicFilter(pattern).pattern == pattern)
  }

  @Test(arguments: [
    "", "a#", "a/#/b", "#/", "##", "a+", "+a", "++", "a/b+/c", "a\0", "#\u{301}", "+\u{301}", "a/\u{301}#", "#/a",
    String(repeating: "t", count: 65_536),
  ])
  func `refuses`(pattern: String) {
    #expect(throws: ModelError.self) { try TopicFilter(pattern) }
  }

  @Test(arguments: [
    ("a", "a"), ("a/b", "a/b"), ("+", "a"), ("+", "ä"), ("+/b", "a/b"), ("a/+", "a/b"), ("a/+", "a/"), ("+/+", "/"),
    ("/+", "/a"), ("#", "a"), ("#", "a/b/c"), ("#", "/"), ("a/#", "a"), ("a/#", "a/"), ("a/#", "a/b/c"),
    ("+/#", "a"), ("a/+/#", "a/b"), ("a/+/#", "a/"), ("a/+/c", "a/b/c"), ("a//b", "a//b"), ("a/+/b", "a//b"),
    ("$SYS/#", "$SYS/x"), ("$SYS/+", "$SYS/x"), ("$SYS/#", "$SYS"), ("a/+", "a/$b"), ("a/#", "a/$b"), ("/", "/"),
  ])
  func `covers`(pattern: String, topic: String) throws {
    #expect(try TopicFilter(pattern).matches(Topic(topic)))
  }

  @Test(arguments: [
    ("a", "b"), ("a", "A"), ("a", "ab"), ("ab", "a"), ("a", "a/"), ("a/", "a"), ("a", "/a"), ("a/b", "a"),
    ("+", "a/b"), ("+", "/a"), ("+", "/"), ("a/+", "a"), ("a/+", "a/b/c"), ("a/#", "ab"), ("a/#", "b/a"),
    ("a/+/#", "a"), ("#", "$SYS"), ("#", "$SYS/x"), ("+", "$SYS"), ("+/x", "$SYS/x"), ("+/#", "$x"), ("a/b/#", "a"),
    ("\u{E9}", "e\u{301}"), ("K", "\u{212A}"), ("a/b", "a/\u{301}b"), ("a/", "a/b"), ("$", "a"),
  ])
  func `does not cover`(pattern: String, topic: String) throws {
    #expect(try !TopicFilter(pattern).matches(Topic(topic)))
  }

  @Test func `a combining mark behind a slash does not hide the slash`() throws {
    #expect(try !TopicFilter("+").matches(Topic("a/\u{301}b")))
    #expect(try !TopicFilter("#").matches(Topic("$\u{301}SYS")))
    #expect(try TopicFilter("a/+").matches(Topic("a/\u{301}b")))
  }
}
