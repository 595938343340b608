import Platform

/// Reads a bundle from its file.
enum BundleFile {
  /// Opens a bundle that the user names.
  static func open(_ path: String) throws(Problem) -> InputFile {
    do throws(InputFileError) {
      return try InputFile(path: path)
    } catch {
      throw error.problem(path: path)
    }
  }

  /// Reads the bundle in `file`, line by line.
  ///
  /// - Throws: ``Problem`` if it cannot be read to its end.
  static func read(
    _ file: borrowing InputFile, _ options: DeviceDirectory.Options, _ sealer: KeySealer, keeping last: DeviceTable
  ) throws(Problem) -> (bundle: Bundle, log: ProblemLog) {
    let limit = min(options.maximumBundleBytes, Int(UInt32.max))
    guard file.byteCount <= limit else {
      throw Problem(.error, path: file.path, "is longer than \(limit) bytes: split it")
    }
    var builder = BundleBuilder(
      path: file.path, byteCount: file.byteCount, sealer, last: last, problemLimit: options.maximumProblemsPerBundle)
    try LineReader.read(file, limit: limit) { line, number in builder.add(line, number: number) }
    return builder.finish()
  }
}
