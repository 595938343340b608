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
    disordered = record.published.flatMap { device, numbers in
      zip(numbers, numbers.dropFirst()).filter { $0 > $1 }.map { DeliveryRecord.Name(device: device, number: $1) }
    }
    acknowledgedToDevices = acknowledged.count
    repetitions = record.repetitions
  }

  /// What a fleet has written down of its acknowledgements: lines `ID NUMBER`.
  public static func acknowledgements(in path: String) throws -> [DeliveryRecord.Name] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count == 2, let number = Int(words[1]) else { return nil }
      return DeliveryRecord.Name(device: String(words[0]), number: number)
    }
  }

  /// One line for people.
  public var description: String {
    "\(acknowledgedToDevices) acknowledged to devices, \(lost.count) lost, \(disordered.count) out of order, "
      + "\(repetitions) sent again"
  }
}
