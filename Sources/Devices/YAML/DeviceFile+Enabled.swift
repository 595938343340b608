import Model
import Yams

extension DeviceFile {
  /// The contents of a device's file with `enabled` set and everything else, comments too, as it was; nil if the file
  /// is written in a way that does not allow it. The caller wipes it.
  static func text(
    _ bytes: [UInt8], settingEnabled isEnabled: Bool, of device: Device, path: String, _ sealer: KeySealer
  ) -> [UInt8]? {
    var wanted = device
    wanted.isEnabled = isEnabled
    guard var edited = edit(bytes, isEnabled, path) else { return nil }
    guard let read = parse(edited, id: device.id, path: path, sealer).device, read.reads(as: wanted) else {
      wipe(&edited)
      return nil
    }
    return edited
  }

  private static func edit(_ bytes: [UInt8], _ isEnabled: Bool, _ path: String) -> [UInt8]? {
    // Whoever calls has read a device from these bytes; if they no longer parse, the whole file is written anew.
    guard let root = try? YAMLText.parse(HiddenKeys(bytes).text, path: path), let mapping = root.mapping else {
      return nil
    }
    guard let value = mapping.first(where: { $0.key.scalar?.string == "enabled" })?.value else {
      let separator = bytes.last == UInt8(ascii: "\n") ? "" : "\n"
      return bytes + "\(separator)enabled: \(isEnabled)\n".utf8
    }
    guard let mark = value.mark, let old = value.scalar?.string else { return nil }
    return replace(old, at: mark, in: bytes, with: "\(isEnabled)")
  }

  /// Puts `new` in place of `old`, which is at `mark` if nothing but ASCII stands before it in its line.
  private static func replace(_ old: String, at mark: Mark, in bytes: [UInt8], with new: String) -> [UInt8]? {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines.indices.contains(mark.line - 1) else { return nil }
    let line = lines[mark.line - 1]
    let start = line.startIndex + mark.column - 1
    guard start + old.utf8.count <= line.endIndex, line[start...].starts(with: old.utf8) else { return nil }
    lines[mark.line - 1] = line[..<start] + Array(new.utf8) + line[(start + old.utf8.count)...]
    return Array(lines.joined(separator: [UInt8(ascii: "\n")]))
  }
}

extension Device {
  /// Whether a file that says this device says the other as well.
  func reads(as other: Device) -> Bool {
    var (text, otherText) = (DeviceFile.text(of: self, nil), DeviceFile.text(of: other, nil))
    defer {
      wipe(&text)
      wipe(&otherText)
    }
    return text == otherText
  }
}
