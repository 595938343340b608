import Devices
import Model
import TestSupport
import Testing

private let key = "key: \"\(Keys.first)\"\n"
private let allowed =
  "identity, identity_hex, key, next, enabled, protocol, tls, from, sessions, max_sessions, labels, topics, publish, "
  + "subscribe, quota, ack, rotation, weak_key"
private let keyRule = "a key is 16 to 64 bytes in hex"

/// What a `NAME.yaml` cannot say, and what is answered.
struct DeviceFileRefusalTests {
  /// The file as a whole.
  private static let wholeFiles: [(text: String, problem: String)] = [
    ("", "1: error: is empty: a device needs at least a key"),
    ("# nothing\n", "1: error: is empty: a device needs at least a key"),
    ("- a\n- b\n", "1: error: the file is not a mapping of `field: value`"),
    ("\n\nabc\n", "3: error: the file is not a mapping of `field: value`"),
    ("key:\"\(Keys.first)\"", "1: error: the file is not a mapping of `field: value`"),
    ("identity: a\n", "1: error: key is missing: write key: \"...\", 16 to 64 bytes in hex"),
    ("\(key)colour: red\n", "2: error: 'colour' is no field; allowed are \(allowed)"),
    ("\(key)? [a]\n: b\n", "2: error: what stands before ':' is no field; allowed are \(allowed)"),
    ("\(key)<<: {ack: true}\n", "2: error: '<<' is no field; allowed are \(allowed)"),
    ("\(key)ack: true\n\(key)", "1: error: 'key' is there more than once; keep one"),
    (
      "\(key)next: {key: \"\(Keys.second)\", key: \"\(Keys.third)\"}",
      "2: error: 'key' is there more than once; keep one"
    ),
    ("\(key)---\n\(key)", "2: error: is not YAML: but found another document"),
    ("\(key)labels: {a: [}\n", "2: error: is not YAML: did not find expected node content"),
    ("\(key)\tack: true\n", "2: error: is not YAML: found character that cannot start any token"),
    ("\(key)a: \u{1}\n", "2: error: is not YAML: control characters are not allowed"),
  ]

  /// The key.
  private static let keys: [(text: String, problem: String)] = [
    (
      "ack: true\nkey: \(Keys.first)\n",
      "2: error: key is not quoted: write key: \"...\", or digits can be taken for a number"
    ),
    ("key:\n", "1: error: key is not quoted: write key: \"...\", or digits can be taken for a number"),
    ("key: [1]\n", "1: error: key is not text in quotes"),
    ("key: \"\"\n", "1: error: the key is empty: \(keyRule)"),
    (
      "key: \"001122334455667788990011223344\"\n",
      "1: error: the key is short (bytes: 15): \(keyRule), or fewer with weak_key: accepted"
    ),
    ("key: \"\(Keys.first)0\"\n", "1: error: the key has an odd number of hex digits (33): \(keyRule)"),
    ("key: \"0x\(Keys.first)\"\n", "1: error: the key has no hex digit at character 2: \(keyRule)"),
    ("key: \"\(Keys.first) \"\n", "1: error: the key has no hex digit at character 33: \(keyRule)"),
    ("key: \"\(String(repeating: Keys.first, count: 4))00\"\n", "1: error: the key is long (bytes: 65): \(keyRule)"),
    ("key: \"enc:v1:AAAA\"\n", "1: error: the key is encrypted and no master key is given to open it"),
    ("weak_key: accepted\nkey: \"\"\n", "2: error: the key is empty: \(keyRule)"),
    ("\(key)weak_key: yes\n", "2: error: weak_key is not 'accepted': write that, or leave it out"),
    ("\(key)next: {identity: b}\n", "2: error: key is missing: write key: \"...\", 16 to 64 bytes in hex"),
    (
      "\(key)next:\n  identity: b\n  key: \"00\"\n",
      "4: error: the key is short (bytes: 1): \(keyRule), or fewer with weak_key: accepted"
    ),
    ("\(key)next: \"\(Keys.second)\"\n", "2: error: next is not a mapping of `field: value`"),
    (
      "\(key)next: {key: \"\(Keys.second)\", enabled: true}\n",
      "2: error: 'enabled' is no field; allowed are identity, identity_hex, key, since"
    ),
  ]

  /// The identity.
  private static let identities: [(text: String, problem: String)] = [
    ("\(key)identity:\n", "2: error: identity has 0 bytes: an identity has 1 to 256"),
    (
      "\(key)identity: \(String(repeating: "x", count: 257))\n",
      "2: error: identity has 257 bytes: an identity has 1 to 256"
    ),
    ("\(key)identity: [a]\n", "2: error: identity is not text"),
    ("\(key)identity_hex: 0\n", "2: error: identity_hex is not pairs of hex digits"),
    ("\(key)identity_hex: 0g\n", "2: error: identity_hex is not pairs of hex digits"),
    ("\(key)identity_hex: ''\n", "2: error: identity_hex has 0 bytes: an identity has 1 to 256"),
    ("\(key)identity: a\nidentity_hex: '61'\n", "3: error: identity and identity_hex are both there; keep one"),
  ]

  /// Words and numbers.
  private static let words: [(text: String, problem: String)] = [
    ("\(key)enabled: yes\n", "2: error: enabled is neither true nor false (without quotes)"),
    ("\(key)enabled: \"false\"\n", "2: error: enabled is neither true nor false (without quotes)"),
    ("\(key)ack: 1\n", "2: error: ack is neither true nor false (without quotes)"),
    ("\(key)protocol: MQTT\n", "2: error: protocol is none of auto, mqtt, lines, frames"),
    ("\(key)protocol: [mqtt]\n", "2: error: protocol is none of auto, mqtt, lines, frames"),
    ("\(key)tls: 1.1\n", "2: error: tls is none of any, 1.2, 1.3"),
    ("\(key)topics: mine\n", "2: error: topics is none of namespaced, verbatim"),
    ("\(key)rotation: pull\n", "2: error: rotation is none of manual, push"),
    ("\(key)sessions: many\n", "2: error: sessions is none of one, per-client-id"),
    ("\(key)max_sessions: 5\n", "2: error: max_sessions needs sessions: per-client-id"),
    (
      "\(key)sessions: per-client-id\nmax_sessions: 0\n",
      "3: error: max_sessions is not a whole number from 1 to 100000"
    ),
    (
      "\(key)sessions: per-client-id\nmax_sessions: 99999999999999999999\n",
      "3: error: max_sessions is not a whole number from 1 to 100000"
    ),
    ("\(key)quota: 5\n", "2: error: quota is not a mapping of `field: value`"),
    (
      "\(key)quota:\n  messages_per_second: 1.5\n",
      "3: error: messages_per_second is not a whole number from 1 to 1000000000"
    ),
    (
      "\(key)quota: {messages: 5}\n",
      "2: error: 'messages' is no field; allowed are messages_per_second, bytes_per_second, payload_bytes"
    ),
  ]

  /// Lists and mappings.
  private static let lists: [(text: String, problem: String)] = [
    ("\(key)from: 192.0.2.0/24\n", "2: error: from is not a list: write [a, b], or one `- a` a line"),
    ("\(key)from: []\n", "2: error: from is empty: list at least one address range, or leave it out"),
    (
      "\(key)from:\n  - 192.0.2.0/24\n  - 192.0.2.300\n",
      "4: error: from: '192.0.2.300' is not an address range: '192.0.2.300' is not an IPv4 or IPv6 address"
    ),
    (
      "\(key)from: [10.0.0.1/8]\n",
      "2: error: from: '10.0.0.1/8' is not an address range: it has bits beyond its prefix; the range is 10.0.0.0/8"
    ),
    (
      "\(key)from: [10.0.0.0/33]\n",
      "2: error: from: '10.0.0.0/33' is not an address range: the prefix length is 0 to 32"
    ),
    (
      "\(key)publish: [a/#/b]\n",
      "2: error: publish: 'a/#/b' is not a topic filter: '#' stands alone in the last level"
    ),
    ("\(key)subscribe: [\"\"]\n", "2: error: subscribe: '' is not a topic filter: it is empty"),
    ("\(key)subscribe: [[a]]\n", "2: error: an element of subscribe is not text"),
    ("\(key)labels: [a]\n", "2: error: labels is not a mapping of `field: value`"),
    ("\(key)labels: {a: [b]}\n", "2: error: a is not text"),
    ("\(key)labels:\n  \"\": b\n", "3: error: a label's name has 1 to 64 bytes and its value at most 256"),
    (
      "\(key)labels:\n  a: \(String(repeating: "x", count: 257))\n",
      "3: error: a label's name has 1 to 64 bytes and its value at most 256"
    ),
  ]

  /// What would grow without bound.
  private static let bombs: [(text: String, problem: String)] = [
    (
      "\(key)labels: {a: &x b, c: *x}\n",
      "2: error: has an anchor and its alias (&x, *x): write the value out"
    ),
    (
      "a: &a [x,x]\nb: &b [*a,*a]\n? *b\n: c\n",
      "2: error: has an anchor and its alias (&x, *x): write the value out"
    ),
  ]

  private static let refusals = [wholeFiles, keys, identities, words, lists, bombs].flatMap { $0 }

  @Test(arguments: refusals)
  func `refuses what it cannot use, by its line`(text: String, problem: String) async throws {
    try await withDevices(["a.yaml": text, "fine.yaml": "key: \"\(Keys.third)\""]) { directory in
      let (table, problems) = try directory.load()
      #expect(problems.map(directory.short) == ["a.yaml:\(problem)"])
      #expect(table.ids == ["fine"])
    }
  }

  @Test func `names everything that is wrong in one file`() async throws {
    let text = "key: \"00\"\nprotocol: x\ncolour: red\n"
    try await withDevices(["a.yaml": text]) { directory in
      let problems = try directory.load().problems
      #expect(problems.map(\.line) == [1, 3])
    }
  }

  @Test func `refuses text that is not UTF-8`() async throws {
    try await withDevices { directory in
      let bytes = Array("# caf".utf8) + [0xe9, 0x0a] + Array(key.utf8)
      try writeBytes(bytes, to: directory.path + "/a.yaml")
      try writeBytes(Array(key.utf8) + [0x23, 0xff], to: directory.path + "/b.yaml")
      #expect(try directory.problems() == ["a.yaml:1: error: is not UTF-8 text", "b.yaml:2: error: is not UTF-8 text"])
    }
  }

  @Test func `refuses a file that is too long`() async throws {
    let comment = "#\(String(repeating: "x", count: 65536 - key.utf8.count - 2))\n"
    let files = ["a.yaml": "\(key)\(comment)", "b.yaml": "key: \"\(Keys.second)\"\n\(comment)#"]
    try await withDevices(files) { directory in
      let problems = try directory.problems()
      #expect(problems == ["b.yaml:1: error: is longer than 65536 bytes"])
      #expect(try directory.load().table.ids == ["a"])
    }
  }

  @Test(arguments: ["[", "{", "- ", "a: [", "? "])
  func `refuses nesting without end`(part: String) async throws {
    let text = String(repeating: part, count: 65_000 / part.utf8.count)
    try await withDevices(["a.yaml": text]) { directory in
      let problems = try directory.load().problems
      #expect(problems.count == 1)
      #expect(problems.first?.severity == .error)
    }
  }

  @Test(arguments: [
    ("a b.yaml", "'a b' is not a device id: an id is made of A-Z a-z 0-9 . _ -"),
    (
      "\(String(repeating: "x", count: 65)).yaml",
      "'\(String(repeating: "x", count: 65))' is not a device id: an id has 1 to 64 characters"
    ),
    ("M\u{fc}nchen.yaml", "'M\u{fc}nchen' is not a device id: an id is made of A-Z a-z 0-9 . _ -"),
  ])
  func `refuses a name that is no id`(name: String, message: String) async throws {
    try await withDevices([name: key]) { directory in
      let problems = try directory.problems()
      #expect(problems == ["\(name):1: error: \(message)"])
    }
  }
}
