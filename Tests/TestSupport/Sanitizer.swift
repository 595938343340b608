import Glibc

/// The sanitizer that this program and those beside it were built with.
public enum Sanitizer {
  /// Whether there is one (`swift test --sanitize=thread` or `address`).
  public static let isPresent = unsafe dlsym(nil, "__tsan_init") != nil || dlsym(nil, "__asan_init") != nil
}
