import Glibc
import NIOConcurrencyHelpers

/// Where a process can be made to die, to test what it leaves behind: before each system call that changes a directory.
///
/// Only debug builds have them. With the environment variable `FAULT_AT=N` the process kills itself (SIGKILL) at the Nth;
/// with `FAULT_AT=N:CODE` the Nth call fails instead, with this error number.
enum FaultPoint {
  /// Passes one of the points.
  ///
  /// - Returns: the error number that the system call is to fail with; 0 for none.
  static func pass() -> CInt {
    #if DEBUG
      guard let plan else { return 0 }
      guard passed.add() == plan.number else { return 0 }
      if plan.code == 0 { kill(getpid(), SIGKILL) }
      return plan.code
    #else
      return 0
    #endif
  }

  #if DEBUG
    private static let plan: (number: Int, code: CInt)? = {
      guard let text = unsafe getenv("FAULT_AT") else { return nil }
      let parts = unsafe String(cString: text).split(separator: ":").compactMap { Int($0) }
      return parts.first.map { ($0, parts.count > 1 ? CInt(clamping: parts[1]) : 0) }
    }()

    private static let passed = Counter()

    private final class Counter: Sendable {
      private let count = NIOLockedValueBox(0)

      func add() -> Int {
        count.withLockedValue {
          $0 += 1
          return $0
        }
      }
    }
  #endif
}

/// The result of `call`, a system call that changes a directory; -1 with errno where a fault is to be tried.
func faulty(_ call: @autoclosure () -> CInt) -> CInt {
  let code = FaultPoint.pass()
  guard code == 0 else {
    errno = code
    return -1
  }
  return call()
}
