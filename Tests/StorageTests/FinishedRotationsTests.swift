import Foundation
import Model
import Storage
import TestSupport
import Testing

@Suite struct FinishedRotationsTests {
  private let time = Date(timeIntervalSince1970: 1_800_000_000)

  @Test func `what was finished is known to the next run`() async throws {
    try await withState { state in
      var rotations = try FinishedRotations(in: state)
      #expect(rotations.entries.isEmpty && !rotations.isDamaged)
      let entries = [
        try DeviceID("a"): FinishedRotations.Entry(fingerprint: "00ff", finishedAt: time),
        try DeviceID("b%20c"): FinishedRotations.Entry(fingerprint: "ff00", finishedAt: time),
      ]
      try rotations.replace(with: entries)
      #expect(try FinishedRotations(in: state).entries == entries)
      #expect(try FinishedRotations(readingIn: state.path).entries == entries)
      try rotations.replace(with: [:])
      #expect(try FinishedRotations(in: state).entries.isEmpty)
    }
  }

  @Test(arguments: [
    "a 00ff 2027-01-15T08:00:00Z\nnonsense\n", "a 00ff 2027-01-15T08:00:00Z\n.b 00 2027-01-15T08:00:00Z\n",
    "a 00ff 2027-01-15T08:00:00Z\nb 00 today\n", "a 00ff 2027-01-15T08:00:00Z\n\u{0}\u{0}\n",
  ])
  func `what can be read of a damaged file counts`(_ text: String) async throws {
    try await withState { state in
      try write(text, to: state.path + "/rotations")
      let rotations = try FinishedRotations(in: state)
      #expect(rotations.isDamaged)
      #expect(rotations.entries == [try DeviceID("a"): .init(fingerprint: "00ff", finishedAt: time)])
    }
  }

  @Test func `a file that nobody else can read`() async throws {
    try await withState { state in
      var rotations = try FinishedRotations(in: state)
      try rotations.replace(with: [try DeviceID("a"): .init(fingerprint: "00ff", finishedAt: time)])
      let attributes = try FileManager.default.attributesOfItem(atPath: state.path + "/rotations")
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
  }
}

private func withState(_ body: (StateDirectory) async throws -> Void) async throws {
  try await withTemporaryDirectory { try await body(StateDirectory.open(path: $0)) }
}
