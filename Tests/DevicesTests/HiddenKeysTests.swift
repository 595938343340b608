import Devices
import Model
import Platform
import TestSupport
import Testing

/// Keys never reach the YAML parser, however they are written; what is read stays the same.
struct HiddenKeysTests {
  /// Ways to write a device with the keys `first` and `second`.
  @Test(arguments: [
    "key: \"F\"\nnext: {key: \"S\"}",
    "key: 'F'\nnext: { key : 'S' }", "\"key\": \"F\"\nnext: {\"key\":\"S\"}",
    "{key: \"F\", next: {key: \"S\"}}", "next:\n  key: \"S\"\nkey: \"F\"",
    "# key: \"S\"\nkey: \"F\"\nnext:\n  key: \"S\"\n",
    "key: \"F\"\r\nnext:\r\n  key: \"S\"\r\n", "key: !!str \"F\"\nnext: {key: \"S\"}",
    "key:\n  \"F\"\nnext: {key: \"S\"}",
    "labels: {monkey: \"banana\", key: \"north\"}\nkey: \"F\"\nnext: {key: \"S\"}",
  ])
  func `a key is read however it is written`(text: String) async throws {
    let text = text.replacing("F", with: Keys.first).replacing("S", with: Keys.second)
    try await withDevices(["dev.yaml": text]) { directory in
      let (table, problems) = try directory.load()
      #expect(problems.map(\.description) == [])
      #expect(table.device("dev")?.key.hex == Keys.first)
      #expect(table.device("dev")?.next?.key.hex == Keys.second)
    }
  }

  @Test(arguments: ["*00*****************************", "*", "***", "*00"])
  func `what stands for a key is no key`(text: String) async throws {
    try await withDevices(["dev.yaml": "key: \"\(text)\"\n"]) { directory in
      let (table, problems) = try directory.load()
      #expect(table.device("dev") == nil)
      #expect(problems.count == 1)
    }
  }

  @Test(arguments: ["*", "_"], ["\"", "'"])
  func `what is spelled like a stand-in is no other key`(mark: String, quote: String) async throws {
    let key = Keys.first + Keys.second
    let other = mark + "00" + String(repeating: mark, count: 61)
    let text = "key: \"\(key)\"\nnext:\n  identity: n\n  key: \(quote)\(other)\(quote)\n"
    try await withSealing(["d.yaml": text]) { directory in
      let done = try directory.rewriteKeys(as: .sealed)
      #expect(done.problems.map(\.line) == [4] && done.files == 0)
      #expect(try directory.text("d.yaml") == text)
    }
  }

  @Test func `a byte order mark is passed over`() async throws {
    let text = "\u{feff}key: \"\(Keys.first)\"\n"
    try await withSealing(["a.yaml": text, "b.yaml": text + "bad: x\n"]) { directory in
      let (table, problems) = try directory.load()
      #expect(table.device("a")?.key.hex == Keys.first)
      #expect(problems.map(directory.short).map { $0.prefix(16) } == ["b.yaml:2: error:"])
      _ = try directory.rewriteKeys(as: .sealed)
      #expect(try directory.sealedKeys("a.yaml").count == 1)
      try directory.setEnabled(false, of: DeviceID("a"))
      #expect(try directory.load().table.device("a")?.isEnabled == false)
    }
  }

  @Test func `a label may be called key`() async throws {
    try await withDevices(["dev.yaml": "key: \"\(Keys.first)\"\nlabels:\n  key: \"north\"\n"]) { directory in
      let (table, _) = try directory.load()
      #expect(table.device("dev")?.labels == ["key": "north"])
    }
  }
}
