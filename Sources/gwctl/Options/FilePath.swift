import ArgumentParser
import Platform

/// Refuses what cannot be the name of a file that is to be written.
///
/// - Parameter path: as it stands on the command line.
/// - Throws: `ValidationError` where it is empty or names a directory.
func checkIsFile(_ path: String) throws {
  guard !path.isEmpty else { throw ValidationError("A file's name is empty: give one.") }
  guard !path.hasSuffix("/"), !Directory.exists(path) else {
    throw ValidationError("'\(path)' is a directory: give the name of a file in it.")
  }
}
