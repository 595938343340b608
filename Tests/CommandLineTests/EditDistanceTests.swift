import Testing

@testable import gwctl

@Suite struct EditDistanceTests {
  @Test(arguments: [
    ("", "", 0), ("a", "a", 0), ("a", "b", 1), ("sensor-1", "senor-1", 1), ("sensor-1", "sensro-1", 2),
    ("sensor-1", "sensor-12", 1), ("ab", "", 2), ("", "ab", 2), ("abc", "", 3), ("kitten", "sitting", 3),
    ("a", "aaaaaaaaaa", 3), ("abcdef", "uvwxyz", 3),
  ])
  func `counts the letters to change, up to its limit`(_ left: String, _ right: String, _ distance: Int) {
    #expect(editDistance(Array(left.utf8), Array(right.utf8), limit: 2) == distance)
    #expect(editDistance(Array(right.utf8), Array(left.utf8), limit: 2) == distance)
  }
}
