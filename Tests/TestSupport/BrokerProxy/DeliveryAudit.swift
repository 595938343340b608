import Foundation

/// Compares what devices were told with what brokers have.
public struct DeliveryAudit: CustomStringConvertible {
  /// What was acknowledged to a device, and never by a broker.
  public let lost: [DeliveryRecord.Name]
  /// What was published for the first time after something newer of its device.
  public let disordered: [DeliveryRecord.Name]
  /// How many messages were acknowledged to devices.
  public let acknowledgedToDevices: Int
  /// How many publications were repeated, which QoS 1 allows.
  public let repetitions: Int

  /// Compares acknowledgements to devices with the record of what passed to brokers.
  public init(acknowledged: [DeliveryRecord.Name], _ record: DeliveryRecord) {
    let atBroker = record.acknowledged
    lost = acknowledged.filter { !atBroker.contains($0) }
    disordered = record.published.flatMap { Self.late(device: $0, numbers: $1) }
    acknowledgedToDevices = acknowledged.count
    repetitions = record.repetitions
  }

  /// Devices were told something, and none of it is lost or came out of order.
  public var holds: Bool { acknowledgedToDevices > 0 && lost.isEmpty && disordered.isEmpty }

  private static func late(device: String, numbers: [Int]) -> [DeliveryRecord.Name] {
    var newest = Int.min
    return numbers.compactMap { number in
      defer { newest = max(newest, number) }
      return number < newest ? DeliveryRecord.Name(device: device, number: number) : nil
    }
  }

  /// What was written down in a file: lines that begin with `ID NUMBER`, as a fleet writes them of its acknowledgements and
  /// a subscriber of the fleet's payloads.
  ///
  /// - Throws: ``NeverHappened`` for a line that is anything else; the file system's errors.
  public static func names(in path: String) throws -> [DeliveryRecord.Name] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
      guard let name = DeliveryRecord.Name(line) else {
        throw NeverHappened(description: "\(path): a line that is no name of a message: '\(line.prefix(80))'")
      }
      return name
    }
  }

  /// One line for people.
  public var description: String {
    "\(acknowledgedToDevices) acknowledged to devices, \(lost.count) lost, \(disordered.count) out of order, "
      + "\(repetitions) sent again"
  }
}
