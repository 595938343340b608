import Model
import Platform
import Testing

@testable import Devices

/// What is wrong, in words and in order.
struct ProblemTests {
  @Test func `shows itself as editors take it`() {
    let problem = Problem(.error, path: "devices.d/a.yaml", line: 3, "is odd")
    #expect(problem.description == "devices.d/a.yaml:3: error: is odd")
    #expect(Problem(.warning, path: "a", "b").description == "a:1: warning: b")
  }

  @Test func `sorts by file, line and gravity`() {
    let sorted = [
      Problem(.error, path: "B", line: 9, "z"), Problem(.error, path: "a", line: 2, "x"),
      Problem(.error, path: "a", line: 2, "y"), Problem(.warning, path: "a", line: 2, "a"),
      Problem(.error, path: "a", line: 10, "a"), Problem(.error, path: "\u{e4}", line: 1, "a"),
    ]
    #expect(sorted.shuffled().sorted() == sorted)
  }

  private static let file = Source(kind: .file, path: "d/a.yaml", line: 1)
  private static let errors: [(error: DevicesError, text: String)] = [
    (.system(SystemError("open d", code: 2)), "open d: No such file or directory"),
    (.fileExists(path: "d/a.yaml"), "d/a.yaml exists already: mend or remove it first"),
    (.unusable(Problem(.error, path: "d/a.yaml", line: 2, "x")), "d/a.yaml:2: error: x"),
    (.invalidCredential(identity: "a", reason: "b"), "identity 'a' cannot stand in a bundle: b"),
    (.invalidAddressRange("x", reason: "y"), "'x' is not an address range: y"),
    (.invalidBundleName(".x"), "'.x' is not a bundle's name: 1 to 64 of A-Z a-z 0-9 . _ -, not starting with '.'"),
  ]

  @Test(arguments: errors)
  func `an error is one line that says what was wrong`(error: DevicesError, text: String) {
    #expect(error.description == text)
  }

  @Test func `an error names the device and where it is`() throws {
    let (id, file) = (try DeviceID("c"), Self.file)
    let taken = DevicesError.identityTaken(identity: "a%20b", by: id, at: file)
    #expect(DevicesError.unknownDevice(id).description == "there is no device 'c'")
    #expect(DevicesError.deviceExists(id, at: file).description == "device 'c' exists already (d/a.yaml:1)")
    #expect(taken.description == "identity 'a%20b' is already that of device 'c' (d/a.yaml:1)")
  }
}

/// Problems by the thousand.
struct ProblemLogTests {
  @Test func `tells so many of a kind for each file, and counts the rest`() {
    var log = ProblemLog(limit: 2)
    for line in 1...5 {
      log.report(.error, path: "a", line: line, "e\(line)")
      log.report(.warning, path: "a", line: line, "w\(line)")
    }
    log.report(.error, path: "b", line: 1, "e")
    #expect(
      log.sorted().map(\.description) == [
        "a:1: error: e1", "a:1: warning: w1", "a:2: error: e2", "a:2: warning: w2",
        "a:3: error: 3 more errors from here on", "a:3: warning: 3 more warnings from here on", "b:1: error: e",
      ])
  }

  @Test func `makes no message that is not told`() {
    var log = ProblemLog(limit: 1)
    var made = 0
    func message() -> String {
      made += 1
      return "x"
    }
    for line in 1...1000 { log.report(.error, path: "a", line: line, message()) }
    #expect(made == 1)
  }

  @Test func `takes in another log with its counts`() {
    var (first, second) = (ProblemLog(limit: 2), ProblemLog(limit: 2))
    for line in 10...12 { first.report(.error, path: "a", line: line, "e") }
    for line in 3...6 { second.report(.error, path: "a", line: line, "f") }
    first.add(second)
    let problems = first.sorted().map(\.description)
    #expect(problems == ["a:3: error: 5 more errors from here on", "a:10: error: e", "a:11: error: e"])
  }

  @Test func `an empty log has nothing to say`() {
    #expect(ProblemLog(limit: 0).sorted().isEmpty)
    var log = ProblemLog(limit: 0)
    log.report(.warning, path: "a", line: 7, "x")
    #expect(log.sorted().map(\.description) == ["a:7: warning: 1 more warnings from here on"])
  }
}
