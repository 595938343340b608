import Model
import Testing

/// The alphabet and length of ids.
struct DeviceIDTests {
  @Test(arguments: ["a", "Sensor-1_b.c", "0", "-", "_", "a%2Fb", String(repeating: "x", count: 64)])
  func `takes`(name: String) throws {
    #expect(try DeviceID(name).name == name)
  }

  @Test(arguments: [
    "", ".hidden", "a/b", "a b", "a+", "a#", "ä", "a\0", "a\n", "$SYS", "..", String(repeating: "x", count: 65),
  ])
  func `refuses`(name: String) {
    #expect(throws: ModelError.self) { try DeviceID(name) }
  }

  @Test func `stands for itself only what no topic, path or log gives a meaning`() {
    let allowed = String(decoding: (UInt8.min...UInt8.max).filter(DeviceID.isAllowed), as: UTF8.self)
    #expect(allowed == "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
  }

  @Test func `is ordered bytewise`() throws {
    let sorted = try ["b", "a", "B", "a-", "a.", "10", "9"].map { try DeviceID($0) }.sorted()
    #expect(sorted.map(\.description) == ["10", "9", "B", "a", "a-", "a.", "b"])
  }
}
