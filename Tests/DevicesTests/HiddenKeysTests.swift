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

  @Test func `a label may be called key`() async throws {
    try await withDevices(["dev.yaml": "key: \"\(Keys.first)\"\nlabels:\n  key: \"north\"\n"]) { directory in
      let (table, _) = try directory.load()
      #expect(table.device("dev")?.labels == ["key": "north"])
    }
  }
}
