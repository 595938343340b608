import Devices
import Foundation
import Model
import TestSupport
import Testing

/// Rotations where keys are encrypted at rest.
struct SealedRotationTests {
  @Test func `a rotation writes sealed keys, and leaves the rest`() async throws {
    try await withSealing(["a.yaml": "# mine\nkey: \"\(Keys.first)\" # random\nack: true\n"]) { directory in
      _ = try directory.rewriteKeys(as: .sealed)
      let (id, key) = (try DeviceID("a"), try Device.make("x", key: Keys.second).key)
      let device = try directory.edit { editor throws(DevicesError) in
        try editor.rotate(id, to: .named(Array("a~2".utf8)), key: key, since: .now, atOnce: false)
      }
      #expect(try directory.sealedKeys("a.yaml").count == 2)
      let fingerprint = try #require(RotationFingerprint(of: device))
      guard case .written = directory.finish([id: fingerprint])[id] else {
        Issue.record("not written")
        return
      }
      let text = try directory.text("a.yaml").replacing(/enc:[0-9a-z:]+/, with: "?")
      #expect(text == "# mine\nidentity: \"a~2\"\nkey: \"?\" # random\nack: true\n")
      #expect(try directory.load().table.device("a")?.key.hex == Keys.second)
    }
  }
}
