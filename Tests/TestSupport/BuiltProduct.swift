import Foundation

/// Where the executable product `name` of this package was built: beside the program that runs the tests.
public func builtProduct(_ name: String) throws -> String {
  let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  let candidates = [program, Bundle.main.bundlePath + "/.", CommandLine.arguments[0]]
  for candidate in candidates {
    let path = URL(fileURLWithPath: candidate).deletingLastPathComponent().appendingPathComponent(name).path
    if FileManager.default.isExecutableFile(atPath: path) { return path }
  }
  throw NeverHappened(description: "\(name) was not built beside \(program)")
}
