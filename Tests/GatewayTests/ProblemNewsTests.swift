import Devices
import Testing

@testable import Gateway

/// Problems are told once.
@Suite struct ProblemNewsTests {
  @Test func `tells what is new and what is mended, once`() {
    let (a, b) = (Problem(.error, path: "a", "x"), Problem(.warning, path: "b", "y"))
    var news = ProblemNews(told: [a])
    #expect(news.update([a, b]) == ([b], []))
    #expect(news.update([a, b]) == ([], []))
    // Another mistake in the same file: it is not mended.
    let other = Problem(.error, path: "a", line: 2, "z")
    #expect(news.update([other, b]) == ([other], []))
    #expect(news.update([]) == ([], ["a"]))
    #expect(news.update([]) == ([], []))
  }
}
