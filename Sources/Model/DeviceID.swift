/// The name of one device: in topics, file names, logs and metrics.
///
/// 1 to 64 of `A-Z a-z 0-9 . _ - %`, not starting with `.`; `%` comes only from escaped bundle identities.
public struct DeviceID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The longest id, in characters.
  public static let maximumLength = 64

  /// The id as text.
  public let name: String

  /// Takes `name` if it is a valid id.
  ///
  /// - Throws: ``ModelError/invalidDeviceID(_:reason:)``.
  public init(_ name: String) throws(ModelError) {
    guard (1...Self.maximumLength).contains(name.utf8.count) else {
      throw .invalidDeviceID(name, reason: "an id has 1 to \(Self.maximumLength) characters")
    }
    guard name.utf8.first != UInt8(ascii: ".") else {
      throw .invalidDeviceID(name, reason: "an id does not start with '.'")
    }
    guard name.utf8.allSatisfy({ Self.isAllowed($0) || $0 == UInt8(ascii: "%") }) else {
      throw .invalidDeviceID(name, reason: "an id is made of A-Z a-z 0-9 . _ -")
    }
    self.name = name
  }

  /// Whether `byte` stands for itself in an id; any other byte of a bundle's identity is written as `%XX`.
  public static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default:
      false
    }
  }

  /// The id as text.
  public var description: String { name }

  /// Bytewise order, as the files of devices.d are read.
  public static func < (left: DeviceID, right: DeviceID) -> Bool {
    left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
  }
}
