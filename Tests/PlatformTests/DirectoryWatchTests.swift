import Glibc
import Platform
import TestSupport
import Testing

@testable import Platform

/// What is heard of a directory.
@Suite struct DirectoryWatchTests {
  @Test func `tells a file that is renamed in, written, changed, and gone`() async throws {
    try await withTemporaryDirectory { place in
      try FileMode.makeDirectory(place + "/d", mode: 0o700)
      let watch = try DirectoryWatch(path: place + "/d")
      #expect(watch.events() == [])
      try write([1], to: place + "/a")
      #expect(watch.events() == [])
      #expect(unsafe rename(place + "/a", place + "/d/a") == 0)
      #expect(watch.events() == [.written("a")])
      let file = unsafe open(place + "/d/b", O_WRONLY | O_CREAT, 0o600)
      #expect(unsafe Glibc.write(file, "x", 1) == 1)
      #expect(watch.events() == [.appeared("b"), .growing("b")])
      close(file)
      #expect(watch.events() == [.written("b")])
      try FileMode.set(0o640, of: place + "/d/b")
      #expect(watch.events() == [.appeared("b")])
      #expect(unsafe link(place + "/d/b", place + "/d/c") == 0)
      #expect(watch.events().contains(.appeared("c")))
      #expect(unsafe unlink(place + "/d/a") == 0)
      #expect(watch.events() == [.gone("a")])
      try FileMode.set(0o750, of: place + "/d")
      #expect(watch.events() == [.attributes])
      #expect(watch.isStillThere)
    }
  }

  @Test func `tells that the directory, or what leads to it, is another one`() async throws {
    try await withTemporaryDirectory { place in
      for name in ["1", "2"] { try FileMode.makeDirectory("\(place)/\(name)", mode: 0o700) }
      #expect(unsafe symlink("1", place + "/d") == 0)
      let watch = try DirectoryWatch(path: place + "/d")
      #expect(unsafe symlink("2", place + "/e") == 0)
      #expect(watch.events() == [])
      #expect(unsafe rename(place + "/e", place + "/d") == 0)
      #expect(watch.events().contains(.moved))
      #expect(!watch.isStillThere)
      let next = try DirectoryWatch(path: place + "/d")
      #expect(unsafe rmdir(place + "/2") == 0)
      #expect(next.events().contains(.moved))
    }
  }

  @Test func `a directory that is not there cannot be watched`() async throws {
    try await withTemporaryDirectory { (place) -> Void in
      #expect(throws: SystemError("open \(place)/d", code: ENOENT)) { _ = try DirectoryWatch(path: place + "/d") }
    }
  }

  /// `struct inotify_event` of inotify(7).
  private static func event(_ watch: Int32, _ mask: UInt32, _ name: String = "") -> [UInt8] {
    let padded = name.isEmpty ? [] : Array(name.utf8) + [0, 0]
    let words = [UInt32(bitPattern: watch), mask, 0, UInt32(padded.count)]
    return words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word.littleEndian >> (8 * $0)) } } + padded
  }

  private static let cases: [(bytes: [UInt8], events: [DirectoryEvent])] = [
    ([], []),
    // IN_Q_OVERFLOW, which is of no watch.
    (event(-1, 0x4000), [.lost]),
    (event(1, 0x100, "a") + event(-1, 0x4000) + event(1, 0x8, "a"), [.appeared("a"), .lost, .written("a")]),
    (event(1, 0x40, "a") + event(1, 0x80, "b"), [.gone("a"), .written("b")]),
    // IN_UNMOUNT, IN_IGNORED, IN_DELETE_SELF, IN_MOVE_SELF.
    (event(1, 0x2000) + event(1, 0x8000) + event(1, 0x400) + event(1, 0x800), [.moved, .moved, .moved, .moved]),
    // In the directory above.
    (event(2, 0x100, "d") + event(2, 0x100, "other") + event(2, 0x8000), [.moved]),
    // What the kernel never sends: an event that is cut off, with a name longer than what is left.
    (event(1, 0x8, "a").dropLast(1), [.lost]),
    (Array(event(1, 0x8, "a").prefix(15)), []),
  ]

  @Test(arguments: cases) func `reads events`(bytes: [UInt8], events: [DirectoryEvent]) {
    #expect(DirectoryEvent.all(in: bytes.span, directory: 1, parent: 2, name: "d") == events)
  }
}
