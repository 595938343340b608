import Glibc

/// How often systemd wants a sign of life (sd_watchdog_enabled(3)).
public enum SystemdWatchdog {
  /// The longest time between two signs of life; nil where nobody waits for them from this process.
  public static var timeout: Duration? {
    guard let text = unsafe getenv("WATCHDOG_USEC"), let microseconds = Int64(unsafe String(cString: text)),
      microseconds > 0
    else { return nil }
    if let process = unsafe getenv("WATCHDOG_PID"), unsafe String(cString: process) != "\(getpid())" { return nil }
    return .microseconds(microseconds)
  }
}
