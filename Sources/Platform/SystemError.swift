public import Glibc

/// A system call failed.
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was tried, with its object: `open /var/lib/gateway/lock`.
  public let operation: String
  /// The system's error number.
  public let code: CInt

  /// The failure of `operation`; by default with the error number of the system call that failed last.
  public init(_ operation: String, code: CInt = errno) {
    self.operation = operation
    self.code = code
  }

  /// `open /x: No such file or directory`.
  public var description: String { "\(operation): \(Self.text(of: code))" }

  private static func text(of code: CInt) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
  }
}
