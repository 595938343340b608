import Glibc

/// The time of day (time(2)), which goes on while the process does not run.
enum WallClock {
  /// Seconds since 1970.
  static var seconds: Int64 { Int64(time(nil)) }
}
