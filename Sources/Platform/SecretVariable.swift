import Glibc

/// Environment variables that hold a secret.
public enum SecretVariable {
  /// Takes the variable `name` out of the environment and wipes it there: children do not inherit it, and
  /// /proc/PID/environ does not show it. To be called before other threads read the environment.
  ///
  /// - Returns: its value, or nil if there is none. The caller wipes it.
  public static func take(_ name: String) -> [UInt8]? {
    guard let value = unsafe getenv(name) else { return nil }
    let bytes = unsafe Array(UnsafeRawBufferPointer(start: value, count: strlen(value)))
    unsafe explicit_bzero(value, bytes.count)
    unsafe unsetenv(name)
    return bytes
  }
}
