import Devices
import Foundation
import Model
import TestSupport
import Testing

/// Lists as JSON, and lists that are written and read back.
struct JSONListTests {
  private static let good: [(text: String, ids: [String])] = [
    ("[]", []), (" [ ]\n", []), ("\u{feff}[]", []),
    (#"[{"id": "a", "key": "F"}]"#, ["a"]),
    ("[\n\t{\n\"id\"\n:\n\"a\"\n,\n\"key\" :\t\"F\"\n}\n,\n{\"key\":\"S\",\"identity\":\"b\"}]\n", ["a", "b"]),
    (#"[{"id": "a", "key": "F", "identity": null, "labels": {"x": null}}]"#, ["a"]),
    ("[{\n\"identity\": null,\n\n\"id\": \"a\", \"key\": \"F\"}]", ["a"]),
    (#"[{"id": "\u0061", "key": "F", "labels": {"smile": "\ud83d\ude00", "s\/\\\"\n": "R&D *D"}}]"#, ["a"]),
    (#"[{"id": "a", "key": "F", "quota": {"messages_per_second": 5}, "enabled": true, "from": []}]"#, []),
  ]

  @Test(arguments: good) func `reads JSON`(text: String, ids: [String]) async throws {
    let list = try await read(text)
    #expect(list.devices.map(\.id.name) == ids)
    if text.contains("smile") { #expect(list.devices.first?.labels["smile"] == "\u{1f600}") }
    #expect(list.problems.isEmpty == !text.contains("\"from\": []"))
  }

  private static let bad: [(text: String, problem: String)] = [
    ("", "1: is no array"), ("{}", "1: is no array"), ("[\n1]", "2: has an element that is no object"),
    ("[{}", "1: has no ',' or ']'"), ("[{}]\nx", "2: has text behind its end"),
    ("[{},]", "1: has an element that is no"),
    ("[{\"id\" \"a\"}]", "1: has no ':' behind the name 'id'"), ("[{\"id\": }]", "1: ends, or has no value"),
    ("[{\"id\": 'a'}]", "1: ends, or has no value"), ("[{\"id\": a}]", "1: 'a' is no value of JSON"),
    ("[{\"id\": 01}]", "1: '01' is no value of JSON"), ("[{\"id\": \"a\n\"}]", "1: has a control character"),
    ("[{\"id\": \"\\x\"}]", "1: has an escape that JSON does not know"),
    ("[{\"id\": \"\\ud800\"}]", "1: has \\u without"),
    ("[{\"id\": \"\\u12\"}]", "1: has \\u without"), ("[{\"id\": \"a", "1: ends within a string"),
    ("[{\"id\": \"a\",}]", "1: has no string where one is due"), ("[{,}]", "1: has no string where one is due"),
    ("[{\"id\": [1 2]}]", "1: has no ',' or ']'"), ("[{id: 1}]", "1: has no string where one is due"),
    ("[{\"id\": \(String(repeating: "[", count: 100))", "1: is nested deeper"),
    ("[{\"id\": \"a\"}]", "1: key is missing"), ("[\n{\"id\": \"a\",\n\"key\": 5}]", "3: key is not quoted"),
    ("[{\"id\": \"a\", \"key\": \"F\",\n\n \"enabld\": true}]", "3: 'enabld' is no field; allowed are id, identity"),
    ("[{\"id\": \"a\",\n\"key\"\n:\n\"F\",\n\"ack\": 1}]", "5: ack is neither true nor false"),
    ("[{\"id\": \"a\",\n\"key\": \"F\",\n\"id\": \"b\"}]", ": 'id' is there more than once"),
    ("[{\"id\": \"a\", \"key\": \"F\"},\n{\"id\": \"a\", \"key\": \"S\"}]", "2: device 'a' is on line 1 already"),
  ]

  @Test(arguments: bad)
  func `says what is wrong with JSON, and where`(text: String, problem: String) async throws {
    let list = try await read(text)
    let problems = list.problems.map { "\($0.line): \($0.message)" }
    #expect(problems.contains { $0.contains(problem) }, "\(problems)")
  }

  @Test func `a key that is written with escapes is a key`() async throws {
    let escaped = Keys.first.unicodeScalars.map { "\\u00" + String($0.value, radix: 16) }.joined()
    let list = try await read("[{\"id\": \"a\", \"key\": \"\(escaped)\"}]")
    #expect(list.devices.first?.key.hex == Keys.first)
  }

  @Test func `bytes that are no text are an error`() async throws {
    try await withTemporaryDirectory { directory in
      for bytes: [UInt8] in [[0x5b, 0x7b, 0x22, 0xff, 0x22], [0xff], [0], Array("[{\"".utf8) + [0xc3]] {
        try TestSupport.write(bytes, to: "\(directory)/list")
        #expect(try DeviceList(path: "\(directory)/list", format: .json).problems.count == 1)
        #expect(try DeviceList(path: "\(directory)/list", format: .csv).problems.count == 1)
      }
    }
  }

  @Test(arguments: [ListFormat.json, .csv])
  func `what is written is read back`(format: ListFormat) async throws {
    var device = try Device.make("a", identity: "it's \"me\",\\ ~ #1: \u{fc}\u{2028}\r\n")
    device.next = Credential(identity: [0, 0xff], key: PresharedKey.random())
    device.isEnabled = false
    device.protocol = .lines
    device.tls = .tls12
    device.from = [try AddressRange("192.0.2.0/24"), try AddressRange("2001:db8::1")]
    device.sessions = .perClientID(maximum: 100)
    device.labels = ["a b": "true", "\u{7f}\u{85}": "- x\n\ty,\"z\"", "key": Keys.first, "dotted.name": " "]
    device.topics = .verbatim
    device.publish = [try TopicFilter("%i/+/#"), try TopicFilter("a/\"b\",c")]
    device.quota = Devices.Quota(messagesPerSecond: 1, payloadBytes: 2)
    device.ack = true
    device.rotation = .push
    device.acceptsWeakKey = true
    if format == .json { device.subscribe = [] }
    let devices = [
      device, try .make("b"), Device(id: try DeviceID("c%20d"), identity: [0x0a], key: PresharedKey.random()),
    ]
    let first = try DeviceExport(devices, format: format, revealsKeys: true)
    let list = try await read(first.string, format)
    #expect(list.problems.map(\.description) == [])
    let second = try DeviceExport(list.devices, format: format, revealsKeys: true)
    #expect(second.string == first.string)
    #expect(list.devices.map(\.identity) == devices.map(\.identity))
    #expect(zip(list.devices, devices).allSatisfy { $0.key.isEqual(to: $1.key) && $0.labels == $1.labels })
  }

  @Test func `a table says what it cannot hold`() throws {
    var (empty, blank, unnamed) = (try Device.make("a"), try Device.make("b"), try Device.make("c"))
    empty.publish = []
    blank.subscribe = [try TopicFilter("a b")]
    unnamed.labels = ["x": ""]
    for device in [empty, blank, unnamed] {
      let error = #expect(throws: DevicesError.self) { try DeviceExport([device], format: .csv, revealsKeys: false) }
      #expect(error?.description.contains("device '\(device.id)' does not fit: ") == true)
      #expect(throws: Never.self) { try DeviceExport([device], format: .json, revealsKeys: false) }
    }
  }

  @Test func `lines are of devices that may connect, and say what they leave out`() throws {
    var (disabled, labelled) = (try Device.make("a"), try Device.make("b"))
    disabled.isEnabled = false
    labelled.labels = ["x": "y"]
    let plain = try Device.make("c", identity: "other", key: Keys.first)
    let export = try DeviceExport([disabled, labelled, plain], format: .psk, revealsKeys: true)
    #expect(export.string == "b:\(labelled.key.hex)\nother:\(Keys.first)\n")
    #expect(export.count == 2 && export.warnings.count == 3)
    for identity in ["a:b", "a\nb", "#a", " a"] {
      let device = try Device.make("x", identity: identity)
      #expect(throws: DevicesError.self) { try DeviceExport([device], format: .psk, revealsKeys: true) }
    }
  }

  @Test func `keys are left out unless they are asked for`() throws {
    var device = try Device.make("a", key: Keys.first)
    device.next = Credential(identity: Array("b".utf8), key: PresharedKey.random())
    #expect(
      try DeviceExport([device], format: .json, revealsKeys: false).string
        == "[\n{\"id\": \"a\", \"next\": {\"identity\": \"b\"}}\n]\n")
    #expect(try DeviceExport([device], format: .csv, revealsKeys: false).string == "id,next.identity\r\na,b\r\n")
  }

  private func read(_ text: String, _ format: ListFormat = .json) async throws -> DeviceList {
    try await withTemporaryDirectory { directory in
      try TestSupport.write(format == .json ? filled(text) : text, to: "\(directory)/list")
      return try DeviceList(path: "\(directory)/list", format: format)
    }
  }
}

extension DeviceExport {
  /// The list as text.
  fileprivate var string: String {
    text.withBytes { bytes in String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self) }
  }
}
