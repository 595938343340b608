// Times what gatewayd does at its start and in every handshake: reading devices.d, and finding a device.
//
//   load-devices files COUNT DIR     makes COUNT files of their own in DIR, then times it
//   load-devices bundle COUNT DIR    makes one bundle of COUNT entries in DIR, then times it
//   load-devices seal COUNT DIR      encrypts the keys in DIR under the master key in GATEWAY_MASTER_KEY, then times it
//   load-devices time COUNT DIR      times what is there, in a process that has done nothing else
import Devices
import FoundationEssentials
import Model

func key(_ number: Int) -> String {
  String(decoding: PresharedKey.hexadecimal(PresharedKey.random()), as: UTF8.self)
}

func name(_ number: Int) -> String { "dev-" + String(String(1_000_000 + number).dropFirst()) }

func makeFiles(_ count: Int, in directory: String) throws {
  for number in 0..<count {
    let text = "identity: \(name(number))\nkey: \"\(key(number))\"\nweak_key: accepted\n"
    try write(text, to: "\(directory)/\(name(number)).yaml")
  }
}

func makeBundle(_ count: Int, in directory: String) throws {
  let lines = (0..<count).map { "\(name($0)):\(key($0))\n" }
  try write(lines.joined(), to: "\(directory)/fleet.psk")
}

func write(_ text: String, to path: String) throws {
  try Data(text.utf8).write(to: URL(filePath: path))
  try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
}

func highestMemory() throws -> String {
  let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
  return line.split(separator: ":").last.map { $0.filter { !$0.isWhitespace } } ?? ""
}

func devices(in directory: String) -> DeviceDirectory {
  var options = DeviceDirectory.Options()
  options.masterKeys = .find(file: nil, environment: ProcessInfo.processInfo.environment)
  return DeviceDirectory(path: directory, options: options)
}

func seal(in directory: String) throws {
  var result: KeyRewriting?
  let duration = try ContinuousClock().measure { result = try devices(in: directory).rewriteKeys(as: .sealed) }
  print("seal: \(duration), \(result?.sealed ?? 0) keys")
}

func time(_ count: Int, in directory: String) throws {
  let clock = ContinuousClock()
  let devices = devices(in: directory)
  var table = DeviceTable.empty
  for round in ["first", "again"] {
    var problems: [Problem] = []
    let duration = try clock.measure { (table, problems) = try devices.load(keeping: table) }
    let memory = try highestMemory()
    print("load \(round): \(duration), \(table.count) devices, \(problems.count) problems, at most \(memory)")
  }
  let identities = (0..<count).map { Array(name($0).utf8) }.shuffled()
  var found = 0
  let duration = clock.measure {
    for identity in identities { found += table.credential(for: identity.span) == nil ? 0 : 1 }
  }
  print("find: \(duration / max(1, count)) each, \(found) of \(count) found")
}

let arguments = CommandLine.arguments
guard arguments.count == 4, let count = Int(arguments[2]) else {
  print("usage: load-devices files|bundle|seal|time COUNT DIR")
  throw CancellationError()
}
switch arguments[1] {
case "files": try makeFiles(count, in: arguments[3])
case "bundle": try makeBundle(count, in: arguments[3])
case "seal": try seal(in: arguments[3])
default: try time(count, in: arguments[3])
}
