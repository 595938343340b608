import Testing

@testable import gwctl

@Suite struct LabelTests {
  @Test(arguments: [("a=b", "a", "b"), ("a=", "a", ""), ("a=b=c", "a", "b=c"), ("a b=c d", "a b", "c d")])
  func `takes a name and a value`(_ argument: String, _ name: String, _ value: String) throws {
    let label = try #require(Label(argument: argument))
    #expect(label.name == name)
    #expect(label.value == value)
  }

  @Test(arguments: ["", "a", "=", "=b"])
  func `takes nothing else`(_ argument: String) {
    #expect(Label(argument: argument) == nil)
  }
}
