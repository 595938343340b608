extension Kind where Value == Int {
  /// A whole number.
  static func integer(_ range: ClosedRange<Int>) -> Kind {
    Kind(allowed: "\(range.lowerBound) to \(range.upperBound)") { text throws(Rejection) in
      guard let number = Int(text) else { throw Rejection(text, "is not a whole number") }
      guard range.contains(number) else { throw Rejection(text, "is out of range") }
      return number
    } write: {
      String($0)
    }
  }

  /// A number of bytes.
  static func size(_ range: ClosedRange<Int>) -> Kind {
    let units = [Unit("GiB", 1 << 30), Unit("MiB", 1 << 20), Unit("KiB", 1 << 10), Unit("", 1)]
    let written = (Unit.write(range.lowerBound, in: units), Unit.write(range.upperBound, in: units))
    return Kind(allowed: "\(written.0) to \(written.1), in bytes or with KiB, MiB or GiB") { text throws(Rejection) in
      guard let bytes = Unit.read(text, in: units) else { throw Rejection(text, "is not a size") }
      guard range.contains(bytes) else { throw Rejection(text, "is out of range") }
      return bytes
    } write: {
      Unit.write($0, in: units)
    }
  }
}

extension Kind where Value == Duration {
  /// A length of time in whole milliseconds.
  static func duration(_ range: ClosedRange<Duration>) -> Kind {
    let units = [Unit("d", 86_400_000), Unit("h", 3_600_000), Unit("m", 60_000), Unit("s", 1000), Unit("ms", 1)]
    let write: @Sendable (Duration) -> String = { Unit.write(Int($0 / .milliseconds(1)), in: units) }
    let allowed = "\(write(range.lowerBound)) to \(write(range.upperBound)), with ms, s, m, h or d"
    return Kind(allowed: allowed) { text throws(Rejection) in
      guard let milliseconds = Unit.read(text, in: units) else { throw Rejection(text, "is not a length of time") }
      guard range.contains(.milliseconds(milliseconds)) else { throw Rejection(text, "is out of range") }
      return .milliseconds(milliseconds)
    } write: {
      write($0)
    }
  }
}

/// What a number is counted in.
private struct Unit {
  let name: String
  let factor: Int

  init(_ name: String, _ factor: Int) {
    self.name = name
    self.factor = factor
  }

  /// A whole number of one of `units`; nil if `text` is none, or too large to count.
  static func read(_ text: String, in units: [Unit]) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let name = text.dropFirst(digits.count)
    guard let number = Int(digits), let unit = units.first(where: { $0.name == name }) else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit.factor)
    return overflow ? nil : product
  }

  /// `number` in the largest unit that it is a multiple of; the last of `units` has the factor 1.
  static func write(_ number: Int, in units: [Unit]) -> String {
    if number == 0 { return units.contains { $0.name == "s" } ? "0s" : "0" }
    for unit in units where number >= unit.factor && number % unit.factor == 0 {
      return "\(number / unit.factor)\(unit.name)"
    }
    return "\(number)\(units.last?.name ?? "")"
  }
}
