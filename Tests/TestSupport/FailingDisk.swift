import Foundation

/// A disk that fails: an ext4 file system in a file, which turns read-only while its files are open, as the system does when
/// it meets an error of the medium.
public final class FailingDisk: Sendable {
  private let image: String

  /// Makes an empty one of 64 MB.
  public init() throws {
    image = FileManager.default.temporaryDirectory.path + "/disk-\(UUID().uuidString)"
    guard FileManager.default.createFile(atPath: image, contents: nil) else {
      throw NeverHappened(description: "\(image): cannot be made")
    }
    let file = try FileHandle(forWritingTo: URL(filePath: image))
    try file.truncate(atOffset: 64 << 20)
    try file.close()
  }

  deinit { try? FileManager.default.removeItem(atPath: image) }

  /// Whether this process may mount and break one.
  public static func canMount() async -> Bool {
    guard geteuid() == 0, let disk = try? FailingDisk() else { return false }
    return
      (try? await withTemporaryDirectory { path in
        try await disk.mounted(at: path) { try await disk.fail() }
        return true
      }) ?? false
  }

  /// Puts it at `path` for the duration of `body`.
  public func mounted<Result>(at path: String, _ body: () async throws -> Result) async throws -> Result {
    try await command("/usr/sbin/mkfs.ext4", "-q", "-F", image)
    try await mount(at: path)
    return try await SmallDisk.unmounting(path, after: body)
  }

  /// From now on nothing can be written.
  public func fail() async throws {
    let device = try await device()
    try write("a test\n", to: "/sys/fs/ext4/\(device.split(separator: "/").last ?? "")/trigger_fs_error")
  }

  /// Mounts it anew; nothing may have its files open.
  public func mend() async throws {
    let path = try await command("findmnt", "-n", "-o", "TARGET", try await device())
    try await SmallDisk.unmount(path)
    try await mount(at: path)
  }

  private func mount(at path: String) async throws {
    try await command("mount", "-o", "loop,errors=remount-ro", image, path)
    try await command("chmod", "700", path)
  }

  private func device() async throws -> String {
    try await command("losetup", "-n", "-O", "NAME", "-j", image)
  }

  @discardableResult private func command(_ program: String, _ arguments: String...) async throws -> String {
    let outcome = try await run(program, arguments)
    guard outcome.status == 0 else { throw NeverHappened(description: "\(program): \(outcome.errorOutput)") }
    return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
