import Model
import Testing

/// What a client subscribes to, alone or with others (MQTT 5 §4.8.2).
struct SubscriptionFilterTests {
  @Test(arguments: ["a", "+/#", "$SYS/#", "$share", "$shared/g/a", "$Share/g/a", "a/$share/g", "\u{301}$share/g"])
  func `is a filter alone`(text: String) throws {
    let filter = try SubscriptionFilter(text)
    #expect(filter.group == nil)
    #expect(filter.filter.pattern == text)
    #expect(filter.text == text && filter.description == text)
  }

  @Test(arguments: [
    ("$share/g/a", "g", "a"), ("$share/g/a/b", "g", "a/b"), ("$share/g/#", "g", "#"), ("$share/g//", "g", "/"),
    ("$share/g//a", "g", "/a"), ("$share/g/$SYS/x", "g", "$SYS/x"), ("$share/g/$share/h/a", "g", "$share/h/a"),
    ("$share/ä b/+", "ä b", "+"), ("$share/$share/a", "$share", "a"),
    // By bytes: a combining mark hides no slash [MQTT-4.7.3-4].
    ("$share/\u{301}g/a", "\u{301}g", "a"), ("$share/g/\u{301}a", "g", "\u{301}a"),
  ])
  func `is shared by a group`(text: String, group: String, pattern: String) throws {
    let filter = try SubscriptionFilter(text)
    #expect(filter.group.map { Array($0.utf8) } == Array(group.utf8))
    #expect(try filter.filter == TopicFilter(pattern))
    #expect(filter.text == text)
  }

  @Test(arguments: [
    "", "#/a", "a+", "$share/", "$share/g", "$share/g/", "$share//a", "$share///", "$share/+/a", "$share/#/a",
    "$share/g+/a", "$share/g#\u{301}/a", "$share/g/a#", "$share/g/#/a", "$share/g/a\0",
  ])
  func `refuses`(text: String) {
    #expect(throws: ModelError.self) { try SubscriptionFilter(text) }
  }

  @Test func `is written as it is read`() throws {
    let filter = try TopicFilter("a/+")
    #expect(SubscriptionFilter(filter).text == "a/+")
    #expect(SubscriptionFilter(filter, group: "g").text == "$share/g/a/+")
    #expect(try SubscriptionFilter(filter, group: "g") == SubscriptionFilter("$share/g/a/+"))
  }

  @Test func `is not normalized [MQTT-4.7.3-4]`() throws {
    let (composed, decomposed) = ("\u{E9}", "e\u{301}")
    #expect(try SubscriptionFilter(composed) != SubscriptionFilter(decomposed))
    #expect(try SubscriptionFilter("$share/\(composed)/a") != SubscriptionFilter("$share/\(decomposed)/a"))
    #expect(try SubscriptionFilter("$share/g/a") != SubscriptionFilter("$share/h/a"))
    #expect(try Set([SubscriptionFilter("$share/g/a"), SubscriptionFilter("$share/g/a")]).count == 1)
  }
}
