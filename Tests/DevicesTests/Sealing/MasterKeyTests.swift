import Devices
import Foundation
import Glibc
import Model
import Platform
import TestSupport
import Testing

/// How master keys are given.
struct MasterKeyTests {
  @Test(arguments: [
    "K", "K\n", "# mine\nK\n", "  K  # mine\r\n\n", "K,L", "K L", "K\n# old\nL\n", "#\n#x\nK\nK\n",
  ])
  func `are hex digits with blanks, commas and comments around them`(text: String) async throws {
    let versions = try Self.keys(text).versions
    #expect(versions.first == (try Self.keys("K").versions.first))
    #expect(versions.count == (text.contains("L") ? 2 : 1))
  }

  @Test(arguments: [
    ("", "no master key is in it"), ("# K", "no master key is in it"), ("K00", "line 1 has 66 hex digits"),
    ("00\n", "line 1 has 2 hex digits"), ("\n\nnot a key", "line 3 has something else than hex digits"),
    ("KL", "line 1 has 128 hex digits"), ("K:L", "line 1 has something else"),
    (String(repeating: "00", count: 32), "the key on line 1 can be guessed"),
  ])
  func `are refused with what is wrong, and never shown`(text: String, said: String) async throws {
    let error = #expect(throws: DevicesError.self) { try Self.keys(text) }
    #expect(error?.description.contains(said) == true, "\(String(describing: error))")
    #expect(error?.description.contains(Masters.first) == false)
    #expect(error?.description.contains("a master key is 64 hex digits") == true)
  }

  @Test(arguments: [(0o600, true), (0o400, true), (0o640, false), (0o644, false), (0o620, false), (0o602, false)])
  func `come from a file that is its owner's alone`(mode: Int, isTaken: Bool) async throws {
    try await withTemporaryDirectory { place in
      try write(Masters.first, to: "\(place)/k", mode: mode)
      let source = MasterKeySource.find(file: "\(place)/k", environment: [:])
      guard !isTaken else {
        #expect(try source.load().versions.count == 1)
        return
      }
      let error = #expect(throws: DevicesError.self) { try source.load() }
      #expect(error?.description.contains("chmod 600 it") == true)
    }
  }

  @Test func `come from systemd's directory, where the group's bits are an access list`() async throws {
    try await withTemporaryDirectory { place in
      let environment = ["CREDENTIALS_DIRECTORY": place]
      #expect(try MasterKeySource.find(file: nil, environment: environment).load().isEmpty)
      try write(Masters.first, to: "\(place)/master-key", mode: 0o440)
      #expect(try MasterKeySource.find(file: nil, environment: environment).load().versions.count == 1)
      #expect(
        try MasterKeySource.find(file: "\(place)/master-key", environment: environment).load().versions.count == 1)
      try FileMode.set(0o444, of: "\(place)/master-key")
      #expect(throws: DevicesError.self) { try MasterKeySource.find(file: nil, environment: environment).load() }
    }
  }

  @Test func `that cannot be read are an error with the path`() async throws {
    try await withTemporaryDirectory { place in
      for path in ["\(place)/none", place] {
        let error = #expect(throws: DevicesError.self) { try MasterKeySource.file(path: path).load() }
        #expect(error?.description.contains(path) == true)
      }
      let missing = MasterKeySource.find(file: "\(place)/none", environment: ["CREDENTIALS_DIRECTORY": place])
      #expect(throws: DevicesError.self) { try missing.load() }
    }
  }

  @Test func `are made at random, and exchanged in the same file`() async throws {
    try await withTemporaryDirectory { place in
      let path = "\(place)/k"
      let first = try MasterKeyFile.create(at: path, made: "today")
      #expect(throws: DevicesError.fileExists(path: path)) { try MasterKeyFile.create(at: path, made: "today") }
      let second = try MasterKeyFile.add(to: path, made: "tomorrow")
      #expect(try MasterKeySource.file(path: path).load().versions == [second, first])
      #expect(try InputFile(path: path).mode == 0o600)
    }
  }

  @Test func `added at once, all of them are in the file`() async throws {
    try await withTemporaryDirectory { place in
      let path = "\(place)/k"
      let first = try MasterKeyFile.create(at: path, made: "today")
      let added = try await withThrowingTaskGroup(of: MasterKeyVersion.self) { group in
        for _ in 0..<6 { group.addTask { try MasterKeyFile.add(to: path, made: "today") } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(try Set(MasterKeySource.file(path: path).load().versions) == Set(added + [first]))
      #expect(Set(added).count == 6)
      #expect(try FileManager.default.contentsOfDirectory(atPath: place) == ["k"])
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root gives files away"))
  func `a file keeps its owner, group and mode`() async throws {
    try await withTemporaryDirectory { place in
      let path = "\(place)/k"
      _ = try MasterKeyFile.create(at: path, made: "today")
      let own: [FileAttributeKey: Int] = [
        .ownerAccountID: 12345, .groupOwnerAccountID: 23456, .posixPermissions: 0o400,
      ]
      try FileManager.default.setAttributes(own, ofItemAtPath: path)
      _ = try MasterKeyFile.add(to: path, made: "tomorrow")
      let found = try FileManager.default.attributesOfItem(atPath: path)
      for (key, value) in own { #expect(found[key] as? Int == value) }
    }
  }

  @Test func `a link is refused and stays`() async throws {
    try await withTemporaryDirectory { place in
      let version = try MasterKeyFile.create(at: "\(place)/k", made: "today")
      try FileManager.default.createSymbolicLink(atPath: "\(place)/link", withDestinationPath: "k")
      let error = #expect(throws: DevicesError.self) { try MasterKeyFile.add(to: "\(place)/link", made: "today") }
      #expect(error?.description.contains("name the file itself") == true)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(place)/link") == "k")
      #expect(try MasterKeySource.file(path: "\(place)/k").load().versions == [version])
    }
  }

  private static func keys(_ text: String) throws -> MasterKeys {
    let text = text.replacing("K", with: Masters.first).replacing("L", with: Masters.second)
    return try MasterKeys(Array(text.utf8).span, from: "here")
  }
}
