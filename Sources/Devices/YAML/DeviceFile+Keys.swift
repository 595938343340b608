import Model
import Yams

extension DeviceFile {
  /// The contents of a device's file with its keys in another form and everything else, comments too, as it was. A file that
  /// is written in a way that does not allow it is written anew.
  ///
  /// - Parameters:
  ///   - bytes: the contents.
  ///   - form: how its keys should be.
  ///   - id: the device's id.
  ///   - path: the file.
  ///   - sealer: opens and seals.
  ///   - report: what is counted.
  /// - Returns: the contents, which the caller wipes; nil if they are as they should be.
  /// - Throws: ``Problem`` if there is no device in it.
  static func text(
    _ bytes: [UInt8], rewriting form: KeyForm, id: DeviceID, path: String, _ sealer: KeySealer,
    _ report: inout KeyRewriting
  ) throws(Problem) -> [UInt8]? {
    let (read, problems) = parse(bytes, id: id, path: path, sealer)
    guard let device = read else {
      throw problems.first { $0.severity == .error } ?? Problem(.error, path: path, "has no device in it")
    }
    let hidden = HiddenKeys(bytes)
    let root = try YAMLText.parse(hidden.text, path: path)
    var changes: [Change] = []
    defer { for index in changes.indices { wipe(&changes[index].text) } }
    for (node, credential) in [
      (root?["key"], device.credential), (root?["next"]?["key"], device.next ?? device.credential),
    ] {
      guard let word = node?.scalar?.string else { continue }
      var old = hidden.digits(for: word)
      defer { wipe(&old) }
      do throws(KeyError) {
        let text = try sealer.rewrite(
          old.span, as: form, of: credential.identity, acceptingWeak: device.acceptsWeakKey, &report)
        if let text { changes.append(Change(place: hidden.place(of: word), text: text)) }
      } catch {
        throw Problem(.error, path: path, "the key \(error)")
      }
    }
    return changes.isEmpty ? nil : apply(changes, to: bytes, device, form, path, sealer)
  }

  /// A key's new text, and where the old one lies if that is known.
  private struct Change {
    let place: Range<Int>?
    var text: [UInt8]
  }

  private static func apply(
    _ changes: [Change], to bytes: [UInt8], _ device: Device, _ form: KeyForm, _ path: String, _ sealer: KeySealer
  ) -> [UInt8] {
    var edited: [UInt8] = []
    // Never grown, so that no copy stays behind.
    edited.reserveCapacity(bytes.count + changes.reduce(0) { $0 + $1.text.count })
    var start = 0
    var isWhole = changes.allSatisfy { $0.place != nil }
    for (place, text) in changes.compactMap({ change in change.place.map { ($0, change.text) } })
      .sorted(by: { $0.0.lowerBound < $1.0.lowerBound })
    {
      // Two values cannot lie in one place: where they are is not known after all.
      guard start <= place.lowerBound else {
        isWhole = false
        break
      }
      edited += bytes[start..<place.lowerBound]
      edited += text
      start = place.upperBound
    }
    edited += bytes[start...]
    if isWhole, parse(edited, id: device.id, path: path, sealer).device?.reads(as: device) == true { return edited }
    wipe(&edited)
    return text(of: device, form == .sealed ? sealer : nil)
  }
}
