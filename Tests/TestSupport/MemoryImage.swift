import Foundation

/// Everything that another process had in memory at one moment.
public struct MemoryImage {
  private let bytes: Data

  /// The memory of the process `id`, a child of this one: all of it, as gcore(1) takes it; only what can be written where
  /// gcore is not there or may not trace the process (under yama's ptrace_scope 1 only its parent may).
  public init(of id: Int32) async throws {
    let core = try await withTemporaryDirectory { directory -> Data? in
      let outcome = try await run("sh", ["-c", "gcore -o \"$1\" \"$2\"", "sh", directory + "/core", "\(id)"])
      guard outcome.status == 0 else { return nil }
      return try Data(contentsOf: URL(fileURLWithPath: directory + "/core.\(id)"), options: .alwaysMapped)
    }
    bytes = try core ?? Self.read(id)
  }

  /// What can be written of the memory of the process `id`, a child of this one, read from /proc/PID/mem (proc(5)).
  public init(reading id: Int32) throws { bytes = try Self.read(id) }

  /// Whether `pattern` lies anywhere in it.
  public func contains(_ pattern: [UInt8]) -> Bool {
    guard let first = pattern.first else { return true }
    return unsafe bytes.withUnsafeBytes { image in
      guard let start = image.baseAddress else { return false }
      var place = 0
      let last = image.count - pattern.count
      while place <= last, let found = unsafe memchr(start + place, Int32(first), last + 1 - place) {
        if unsafe memcmp(found, pattern, pattern.count) == 0 { return true }
        unsafe place = UnsafeRawPointer(found) - start + 1
      }
      return false
    }
  }

  /// All mappings that can be written, one after the other.
  private static func read(_ id: Int32) throws -> Data {
    let maps = try String(contentsOfFile: "/proc/\(id)/maps", encoding: .utf8)
    let memory = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/\(id)/mem"))
    return try maps.split(separator: "\n").reduce(into: Data()) { image, line in
      let fields = line.split(separator: " ")
      let bounds = fields[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
      guard fields[1].hasPrefix("rw"), bounds.count == 2 else { return }
      try memory.seek(toOffset: bounds[0])
      image += try memory.read(upToCount: Int(bounds[1] - bounds[0])) ?? Data()
    }
  }
}
