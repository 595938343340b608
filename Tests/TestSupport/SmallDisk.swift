import Glibc

/// File systems of their own for tests: small ones, and ones that may not be written.
public enum SmallDisk {
  /// Whether this process may mount them (root, and no container that forbids it).
  public static func canMount() async -> Bool {
    guard geteuid() == 0 else { return false }
    do {
      return try await withTemporaryDirectory { path in try await mounted(at: path, kilobytes: 64) { true } }
    } catch {
      return false
    }
  }

  /// Puts a file system of so many kilobytes at `path` for the duration of `body`.
  public static func mounted<Result>(
    at path: String, kilobytes: Int, _ body: () async throws -> Result
  ) async throws -> Result {
    try await command("mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k,mode=700", "none", path)
    return try await unmounting(path, after: body)
  }

  /// Takes the file system at `path` away again when `body` is done.
  static func unmounting<Result>(_ path: String, after body: () async throws -> Result) async throws -> Result {
    do {
      let result = try await body()
      try await unmount(path)
      return result
    } catch {
      try await unmount(path)
      throw error
    }
  }

  /// A child that another test has just forked holds what is open until it runs its own program: then the file system is
  /// busy for a moment.
  static func unmount(_ path: String) async throws {
    try await eventually("the end of what uses \(path)", within: .seconds(20)) {
      try await run("umount", [path]).status == 0
    }
  }

  /// Lets nobody write the file system at `path` any more.
  public static func makeReadOnly(_ path: String) async throws {
    try await command("mount", "-o", "remount,ro", path)
  }

  private static func command(_ program: String, _ arguments: String...) async throws {
    let outcome = try await run(program, arguments)
    guard outcome.status == 0 else { throw NeverHappened(description: "\(program): \(outcome.errorOutput)") }
  }
}
