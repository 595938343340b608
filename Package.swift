// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target of ours is compiled with. Each feature is opted into early, so that the language mode
/// that makes it the default changes nothing here.
let settings: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0458-strict-memory-safety.md
    .strictMemorySafety(),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    .enableUpcomingFeature("ExistentialAny"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
    .enableUpcomingFeature("InternalImportsByDefault"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    .enableUpcomingFeature("MemberImportVisibility"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0461-async-function-isolation.md
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0470-isolated-conformances.md
    .enableUpcomingFeature("InferIsolatedConformances"),
  ] + (Context.environment["WARNINGS_AS_ERRORS"] == nil ? [] : [.treatAllWarnings(as: .error)])

/// Products of other packages, by the names that the targets below use.
extension Target.Dependency {
  static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
  static let configuration = product(name: "Configuration", package: "swift-configuration")
  static let deque = product(name: "DequeModule", package: "swift-collections")
  static let hashTrees = product(name: "HashTreeCollections", package: "swift-collections")
  static let lifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
  static let logging = product(name: "Logging", package: "swift-log")
  static let nioConcurrencyHelpers = product(name: "NIOConcurrencyHelpers", package: "swift-nio")
  static let nioCore = product(name: "NIOCore", package: "swift-nio")
  static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
  static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
  static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
  static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
  static let yams = product(name: "Yams", package: "Yams")
}

/// A module of ours: its folder under Sources, and what it may import.
func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// The tests of one module.
func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: name + "Tests",
    dependencies: [.init(stringLiteral: name), "TestSupport", .nioConcurrencyHelpers] + dependencies,
    swiftSettings: settings)
}

let package = Package(
  name: "device-gateway",
  products: [
    .library(name: "SecureServer", targets: ["SecureServer"]),
    .executable(name: "gatewayd", targets: ["gatewayd"]),
    .executable(name: "gwctl", targets: ["gwctl"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.1.0"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.12.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/jpsim/Yams", "6.0.0"..<"7.0.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.9.0"),
  ],
  targets: [
    // The C libraries and the system, as they are.
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CMosquitto", pkgConfig: "libmosquitto", providers: [.apt(["libmosquitto-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CPlatform"),

    // The library that stands alone.
    module("SecureServer", ["COpenSSL", "CPlatform", .deque, .lifecycle, .nioConcurrencyHelpers, .nioCore, .nioPosix]),

    // The gateway, from the words that everyone shares up to the daemon.
    module("Model", []),
    module("Platform", ["CPlatform", .nioConcurrencyHelpers]),
    module("Settings", ["Model", "Platform", .configuration, .yams]),
    module("Devices", ["Model", "Platform", "COpenSSL", .hashTrees, .nioConcurrencyHelpers, .yams]),
    module("Storage", ["Model", "Platform", "CSQLite", .nioConcurrencyHelpers]),
    module("Sessions", ["Model", .deque]),
    module("Routing", ["Model"]),
    module(
      "Bridge", ["Model", "Platform", "Storage", "CMosquitto", .deque, .lifecycle, .logging, .nioConcurrencyHelpers]),
    module("Control", ["Model", .nioCore, .nioHTTP1, .nioPosix]),
    module(
      "Gateway",
      [
        "SecureServer", "Model", "Platform", "Settings", "Devices", "Storage", "Sessions", "Routing", "Bridge",
        "Control",
        .deque, .lifecycle, .logging, .nioConcurrencyHelpers, .nioCore, .nioHTTP1, .nioPosix, .unixSignals,
      ]),
    .executableTarget(
      name: "gatewayd", dependencies: ["Gateway", "Platform", "Settings", .argumentParser, .logging],
      swiftSettings: settings),
    .executableTarget(
      name: "gwctl",
      dependencies: ["Model", "Platform", "Devices", "Storage", "Control", "Settings", .argumentParser, .unixSignals],
      swiftSettings: settings),

    // What the library looks like from outside: an example, and programs for the tests that look at a whole process.
    .executableTarget(name: "echo", dependencies: ["SecureServer"], path: "tools/echo", swiftSettings: settings),

    // What tools/man makes man pages with.
    .executableTarget(name: "manual", path: "tools/manual", swiftSettings: settings),

    .executableTarget(
      name: "test-server", dependencies: ["SecureServer", .nioConcurrencyHelpers, .nioCore],
      path: "Tests/Programs/test-server",
      swiftSettings: settings),
    .executableTarget(
      name: "listening-server", dependencies: ["SecureServer", .nioCore], path: "Tests/Programs/listening-server",
      swiftSettings: settings),
    .executableTarget(
      name: "fleet", dependencies: ["CMosquitto", "COpenSSL"], path: "Tests/Programs/fleet",
      linkerSettings: [.linkedLibrary("mosquitto"), .linkedLibrary("ssl"), .linkedLibrary("crypto")]),
    .executableTarget(name: "attackers", path: "Tests/Programs/attackers", swiftSettings: settings),

    .target(
      name: "TestSupport", dependencies: ["Platform", .nioConcurrencyHelpers, .nioCore, .nioHTTP1, .nioPosix],
      path: "Tests/TestSupport",
      swiftSettings: settings),
    .testTarget(
      name: "TestSupportTests", dependencies: ["TestSupport", .nioCore], swiftSettings: settings),
    tests(of: "Model"),
    tests(of: "Platform"),
    tests(
      of: "SecureServer",
      [
        "COpenSSL", "echo", "test-server", "listening-server", "attackers", .nioCore, .nioEmbedded, .nioPosix,
        .lifecycle,
        .logging,
      ]),
    tests(of: "Settings", ["Model"]),
    tests(of: "Devices", ["Model", "Platform"]),
    tests(of: "Storage", ["Model"]),
    tests(of: "Sessions", ["Model"]),
    tests(of: "Routing", ["Model"]),
    tests(of: "Bridge", ["Model", "Storage", .lifecycle, .logging]),
    tests(of: "Control", ["Model", .nioCore, .nioPosix]),
    tests(of: "Gateway", ["gatewayd", "gwctl", "fleet", "Model", "Platform", .nioCore, .nioPosix]),
    .testTarget(
      name: "CommandLineTests",
      dependencies: ["gwctl", "gatewayd", "manual", "Devices", "Model", "TestSupport", .argumentParser],
      swiftSettings: settings),
  ]
)

// tools/fuzz builds these with libFuzzer, which brings their `main`; nothing else ever does.
if Context.environment["FUZZ"] != nil {
  func fuzz(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
      name: "fuzz-" + name, dependencies: dependencies, path: "Tests/Fuzz/" + name, exclude: ["seeds.txt"],
      swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])])
  }
  package.targets += [
    fuzz("handshake", ["SecureServer"]), fuzz("proxy", ["SecureServer"]),
    fuzz("records", ["SecureServer", "COpenSSL"]),
    fuzz("sessions", ["Sessions", "Model"]), fuzz("packets", ["Sessions", "Model"]),
  ]
  // The engine and the codec are internal.
  for target in package.targets where ["SecureServer", "Sessions"].contains(target.name) {
    target.swiftSettings?.append(.unsafeFlags(["-enable-testing"]))
  }
}

// Programs that measure, for the scripts beside them.
if Context.environment["BENCHMARKS"] != nil {
  package.targets += [
    .executableTarget(
      name: "load-devices", dependencies: ["Devices", "Model"], path: "tools/bench/load-devices", exclude: ["run"],
      swiftSettings: settings),
    .executableTarget(
      name: "live-client", dependencies: ["COpenSSL"], path: "tools/bench/devices/live",
      linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
    .executableTarget(
      name: "handshake-server", dependencies: ["SecureServer", .nioCore, .nioPosix],
      path: "tools/bench/handshake/server", swiftSettings: settings),
    .executableTarget(
      name: "handshake-client", dependencies: ["COpenSSL"], path: "tools/bench/handshake/client",
      linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
  ]
}

// DocC's command, and the examples of the articles as tools/docs writes them. Whoever only uses the package fetches neither.
if Context.environment["DOCUMENTATION"] != nil {
  package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"))
  package.targets.append(
    .target(
      name: "DocumentationExamples", dependencies: ["SecureServer", .lifecycle, .logging, .nioCore, .nioPosix],
      path: ".build/documentation-examples",
      // What an example leaves unused is no fault.
      swiftSettings: [.swiftLanguageMode(.v6), .unsafeFlags(["-suppress-warnings"])]))
}
