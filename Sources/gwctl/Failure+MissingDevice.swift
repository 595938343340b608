import Devices
import Model

extension DeviceDirectory {
  /// Runs `body`; where a device is missing, says which was probably meant.
  ///
  /// - Throws: ``Failure``; what `body` throws.
  func naming<Result>(_ body: (DeviceDirectory) throws(DevicesError) -> Result) throws -> Result {
    do throws(DevicesError) {
      return try body(self)
    } catch .unknownDevice(let id) {
      throw Failure.missing(id, in: self, try load())
    }
  }
}

extension Failure {
  /// Why the table has no device `id`: its file cannot be used, or there is none.
  static func missing(_ id: DeviceID, in directory: DeviceDirectory, _ contents: DeviceDirectory.Contents) -> Failure {
    let file = "\(directory.path)/\(id).yaml"
    if let problem = contents.problems.first(where: { $0.severity == .error && $0.path == file }) {
      return .unusableDevice(problem)
    }
    return .unknownDevice(id, directory: directory.path, near: contents.table.near(id))
  }
}

extension DeviceTable {
  /// The device that was probably meant by `id`: the one with the fewest letters to change, two and half of them at most.
  func near(_ id: DeviceID) -> DeviceID? {
    let wanted = Array(id.name.utf8)
    let distances = lazy.map { device in
      (device.id, editDistance(wanted, Array(device.id.name.utf8), limit: 2))
    }
    return distances.min { ($0.1, $0.0) < ($1.1, $1.0) }.flatMap { $0.1 <= Swift.min(2, wanted.count / 2) ? $0.0 : nil }
  }
}

/// How many letters must be put in, taken out or replaced to make one of the other; more than `limit` is not told apart.
func editDistance(_ left: [UInt8], _ right: [UInt8], limit: Int) -> Int {
  guard abs(left.count - right.count) <= limit else { return limit + 1 }
  var above = Array(0...right.count)
  for (row, letter) in left.enumerated() {
    var line = [row + 1]
    for (column, other) in right.enumerated() {
      let replaced = above[column] + (letter == other ? 0 : 1)
      line.append(min(replaced, above[column + 1] + 1, line[column] + 1))
    }
    above = line
  }
  return min(above[right.count], limit + 1)
}
