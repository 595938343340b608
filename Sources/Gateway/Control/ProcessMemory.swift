import FoundationEssentials
import Glibc

/// How much memory this process uses.
enum ProcessMemory {
  /// The resident set in bytes (proc(5), /proc/PID/statm); nil where the system does not say.
  static var resident: Int? {
    guard let statm = FileManager.default.contents(atPath: "/proc/self/statm") else { return nil }
    let fields = String(decoding: statm, as: UTF8.self).split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }
}
