import Foundation
import Model
import Platform

/// This process's own memory, to look for what should have been wiped.
enum ProcessMemory {
  /// Whether the bytes lie anywhere in memory that can be written. `masked` holds them with every bit turned, so that
  /// what is searched for is not itself found.
  static func contains(masked: [UInt8]) throws -> Bool {
    let memory = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/self/mem"))
    let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
    var window = [UInt8](repeating: 0, count: 1 << 20)
    // What was read must not be found by the next look.
    defer { wipe(&window) }
    return try maps.split(separator: "\n").contains { line in
      let fields = line.split(separator: " ")
      let bounds = fields[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
      guard fields[1].hasPrefix("rw"), bounds.count == 2 else { return false }
      return try contains(masked, from: bounds[0], to: bounds[1], memory.fileDescriptor, &window)
    }
  }

  private static func contains(
    _ masked: [UInt8], from start: UInt64, to end: UInt64, _ descriptor: Int32, _ window: inout [UInt8]
  ) throws -> Bool {
    var address = start
    while address < end {
      let count = unsafe pread(descriptor, &window, min(window.count, Int(end - address)), off_t(address))
      // A mapping may be gone by now, or have no memory behind it.
      guard count > masked.count else { return false }
      if find(masked, in: window, count) { return true }
      // What lies across the window's edge is seen in the next.
      address += UInt64(count < window.count ? count : count - masked.count)
    }
    return false
  }

  private static func find(_ masked: [UInt8], in window: [UInt8], _ count: Int) -> Bool {
    // Nearly all memory is zeros: a key that begins with one would be compared with each.
    let anchor = masked.firstIndex { $0 != 0xff } ?? 0
    let wanted = Int32(~masked[anchor])
    return unsafe window.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return false }
      var index = anchor
      while index < count, let found = unsafe memchr(base + index, wanted, count - index) {
        unsafe index = UnsafeRawPointer(found) - base
        let start = index - anchor
        guard start <= count - masked.count else { return false }
        if masked.indices.allSatisfy({ unsafe bytes[start + $0] == ~masked[$0] }) { return true }
        index += 1
      }
      return false
    }
  }
}
