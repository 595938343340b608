import Devices
import Foundation
import Model
import Platform
import TestSupport
import Testing

private let text = "key: \"\(Keys.first)\"\n"

/// Which files of devices.d are read, and which are refused.
struct DirectoryTests {
  @Test func `an empty directory has no devices`() async throws {
    try await withDevices { directory in
      let (table, problems) = try directory.load()
      #expect(table.count == 0 && problems.isEmpty)
      #expect(table.credential(for: "a") == nil && table.device("a") == nil)
    }
  }

  @Test func `a directory that is not there is an error`() {
    let directory = DeviceDirectory(path: "/nonexistent/devices.d")
    #expect(throws: DevicesError.system(SystemError("open /nonexistent/devices.d", code: ENOENT))) {
      try directory.load()
    }
  }

  @Test func `a slash at the end is not shown`() async throws {
    try await withDevices(["a.yaml": "x"]) { directory in
      let problems = try DeviceDirectory(path: directory.path + "/").load().problems
      #expect(problems.first?.path == "\(directory.path)/a.yaml")
    }
  }

  @Test func `files that are none of ours are left alone`() async throws {
    let names = [
      "README", "README.md", ".gitignore", ".a.yaml", ".tmp-12ab", "a.yaml~", "a.yaml.swp", "#a.yaml#", "a.json",
      "yaml",
      ".yaml", ".psk", "a.YAML",
    ]
    try await withDevices(Dictionary(uniqueKeysWithValues: names.map { ($0, "?") })) { directory in
      let (table, problems) = try directory.load()
      #expect(table.count == 0)
      #expect(problems.isEmpty)
    }
  }

  @Test func `warns of a file that looks as if it were read`() async throws {
    try await withDevices(["a.yml": text]) { directory in
      let problems = try directory.problems()
      #expect(problems == ["a.yml:1: warning: is not read: a device's file ends in .yaml"])
    }
  }

  private static let modes: [(mode: Int, message: String?)] = [
    (0o600, nil), (0o400, nil), (0o640, nil), (0o660, nil), (0o601, nil),
    (0o644, "is readable by others (mode 0644): chmod 600 it, or allow it in the configuration"),
    (0o604, "is readable by others (mode 0604): chmod 600 it, or allow it in the configuration"),
    (0o602, "is writable by others (mode 0602): chmod 600 it"),
    (0o666, "is writable by others (mode 0666): chmod 600 it"),
  ]

  @Test(arguments: modes, ["a.yaml", "a.psk"])
  func `refuses what others can read or write`(mode: (mode: Int, message: String?), name: String) async throws {
    try await withDevices { directory in
      try write(name == "a.yaml" ? text : "a:\(Keys.first)", to: "\(directory.path)/\(name)", mode: mode.mode)
      let (table, problems) = try directory.load()
      #expect(problems.map(directory.short) == (mode.message.map { ["\(name):1: error: \($0)"] } ?? []))
      #expect(table.count == (mode.message == nil ? 1 : 0))
    }
  }

  @Test func `lets in what others can read if it is allowed`() async throws {
    var options = DeviceDirectory.Options()
    options.allowsReadableByOthers = true
    try await withDevices(options: options) { directory in
      try write(text, to: "\(directory.path)/a.yaml", mode: 0o644)
      try write(text, to: "\(directory.path)/b.yaml", mode: 0o646)
      let (table, problems) = try directory.load()
      #expect(table.ids == ["a"])
      #expect(problems.map(\.line) == [1])
    }
  }

  @Test func `warns of a directory that others can write`() async throws {
    try await withDevices { directory in
      try SpecialFiles.setMode(0o777, directory.path)
      let problems = try directory.load().problems.map(\.description)
      #expect(
        problems == ["\(directory.path):1: warning: is writable by others, who can add devices: chmod o-w it"])
    }
  }

  @Test(arguments: ["a.yaml", "a.psk"])
  func `refuses what is no regular file, without waiting for it`(name: String) async throws {
    let message = "\(name):1: error: is a directory, a pipe, a socket or a device: only regular files are read"
    try await withDevices { directory in
      let path = "\(directory.path)/\(name)"
      let makers: [(String) throws -> Void] = [
        SpecialFiles.makeDirectory, SpecialFiles.makePipe, SpecialFiles.makeSocket,
        { try SpecialFiles.makeLink($0, to: "sub") },
      ]
      try SpecialFiles.makeDirectory("\(directory.path)/sub")
      for make in makers {
        try make(path)
        let problems = try directory.problems()
        #expect(problems == [message])
        try SpecialFiles.remove(path)
      }
    }
  }

  @Test func `follows links that stay in the directory`() async throws {
    // As Kubernetes mounts a secret: a.yaml -> ..data/a.yaml, ..data -> ..2024.
    try await withDevices(["plain.yaml": "key: \"\(Keys.second)\""]) { directory in
      try SpecialFiles.makeDirectory("\(directory.path)/..2024")
      try write(text, to: "\(directory.path)/..2024/a.yaml")
      try SpecialFiles.makeLink("\(directory.path)/..data", to: "..2024")
      try SpecialFiles.makeLink("\(directory.path)/a.yaml", to: "..data/a.yaml")
      try SpecialFiles.makeLink("\(directory.path)/c.psk", to: "\(directory.path)/..2024/a.yaml")
      let (table, problems) = try directory.load()
      #expect(table.ids == ["a", "plain"])
      #expect(problems.map(\.path) == ["\(directory.path)/c.psk"])
    }
  }

  @Test func `refuses links that lead out of the directory, or nowhere`() async throws {
    try await withTemporaryDirectory { outside in
      try write(text, to: "\(outside)/a.yaml")
      try await withDevices { directory in
        try SpecialFiles.makeLink("\(directory.path)/a.yaml", to: "\(outside)/a.yaml")
        try SpecialFiles.makeLink(
          "\(directory.path)/b.yaml", to: "../\(outside.split(separator: "/").last ?? "")/a.yaml")
        try SpecialFiles.makeLink("\(directory.path)/c.yaml", to: "none")
        try SpecialFiles.makeLink("\(directory.path)/d.yaml", to: "d.yaml")
        try SpecialFiles.makeLink("\(directory.path)/way", to: outside)
        try SpecialFiles.makeLink("\(directory.path)/e.yaml", to: "way/a.yaml")
        let (table, problems) = try directory.load()
        let out = "is a link out of the directory, to \(outside)/a.yaml: only links within it are followed"
        #expect(table.count == 0)
        #expect(
          problems.map(directory.short) == [
            "a.yaml:1: error: \(out)", "b.yaml:1: error: \(out)",
            "c.yaml:1: error: cannot be read: follow c.yaml: No such file or directory",
            "d.yaml:1: error: cannot be read: follow d.yaml: Too many levels of symbolic links",
            "e.yaml:1: error: \(out)",
          ])
      }
    }
  }

  @Test func `opens no more files than it closes`() async throws {
    try await withDevices(["a.yaml": text, "b.psk": "x:\(Keys.second)", "bad.yaml": "?"]) { directory in
      try SpecialFiles.makeDirectory("\(directory.path)/c.yaml")
      try SpecialFiles.makeLink("\(directory.path)/d.yaml", to: "/etc/hostname")
      try SpecialFiles.makeLink("\(directory.path)/e.yaml", to: "a.yaml")
      _ = try directory.load()
      let links = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
        // A descriptor of another test may be closed by now.
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
      }
      #expect(!links.contains { $0.contains(directory.path) || $0 == "/etc/hostname" })
    }
  }
}
