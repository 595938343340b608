import Glibc

/// The user that this process runs as.
public enum CurrentUser {
  /// The name; the number where it has none.
  public static var name: String {
    guard let entry = unsafe getpwuid(geteuid()), let name = unsafe entry.pointee.pw_name else { return "\(geteuid())" }
    return unsafe String(cString: name)
  }
}
