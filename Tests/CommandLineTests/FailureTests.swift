import Devices
import Glibc
import Model
import Platform
import Testing

@testable import gwctl

@Suite struct FailureTests {
  @Test func `says what to do about what the system refuses`() {
    let missing = DevicesError.system(SystemError("open d", code: ENOENT))
    #expect(
      Failure.line(for: missing)
        == "open d: No such file or directory: make the directory (mkdir -m 700), or name another with --devices")
    let denied = DevicesError.system(SystemError("open d", code: EACCES))
    #expect(
      Failure.line(for: denied) == "open d: Permission denied: run this as the directory's owner, or as root")
    let full = DevicesError.system(SystemError("write d", code: ENOSPC))
    #expect(Failure.line(for: full) == "write d: No space left on device")
  }

  @Test(arguments: [
    (Failure.keyFromTerminal, "--key-file"), (.notConfirmed, "--yes"),
    (.problems(errors: 1, warnings: 2), "1 error and"),
    (.badKey(.empty, source: "f"), "16 to 64 bytes in hex"),
    (.keyUnreadable(path: "f", .notRegular), "--key-stdin"),
    (.unusableDevice(Problem(.error, path: "a.yaml", line: 3, "no key")), "a.yaml:3: error: no key"),
  ])
  func `says what to do in one line`(_ failure: Failure, _ advice: String) {
    #expect(Failure.line(for: failure).contains(advice))
    #expect(!Failure.line(for: failure).contains("\n"))
  }

  @Test(arguments: [(0, "0 errors"), (1, "1 error"), (2, "2 errors")])
  func `counts in words`(_ number: Int, _ words: String) {
    #expect(count(number, "error") == words)
  }
}
