import ArgumentParser
import Devices
import FoundationEssentials
import Model

/// Lists the devices whose keys are being rotated.
struct RotationStatus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "List the devices that have a new key and have not connected with it.",
    discussion: """
      A device that has is no longer listed: the gateway has retired its old key. Only where the gateway may not write to \
      the directory it stays, as moved, until 'gwctl rotation finish'.

      With --json: an array of id, identity, identity_hex, next_identity, next_identity_hex, since (left out if it is not \
      known), moved, moved_at.

      Example:
        gwctl rotation status
      """)

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let contents = try common.directory.load()
    let rotations = RotationsUnderWay(in: contents.table, state: common.state).entries
    if common.json {
      try printJSON(rotations.map(RotationReport.init))
    } else {
      try print(
        Table(heads: ["ID", "IDENTITY", "NEXT IDENTITY", "SINCE", "MOVED"], rows: rotations.map(\.row)).text,
        terminator: "")
      let moved = rotations.count { $0.movedAt != nil }
      if moved > 0 {
        remark("\(count(moved, "device")) moved, which the gateway could not write: run 'gwctl rotation finish'.")
      }
    }
    tellErrors(in: contents.problems)
  }
}

extension RotationsUnderWay.Entry {
  fileprivate var row: [String] {
    [
      device.id.name, showable(identity: device.identity), showable(identity: next.identity),
      device.nextSince.map { $0.formatted(.iso8601) } ?? "not known", movedAt.map { $0.formatted(.iso8601) } ?? "no",
    ]
  }
}

/// The JSON of a rotation.
private struct RotationReport: Encodable {
  let id: String
  let identity: String?
  let identityHex: String
  let nextIdentity: String?
  let nextIdentityHex: String
  let since: Date?
  let moved: Bool
  let movedAt: Date?

  init(_ rotation: RotationsUnderWay.Entry) {
    id = rotation.device.id.name
    identity = String(validating: rotation.device.identity, as: UTF8.self)
    identityHex = hex(rotation.device.identity.span)
    nextIdentity = String(validating: rotation.next.identity, as: UTF8.self)
    nextIdentityHex = hex(rotation.next.identity.span)
    since = rotation.device.nextSince
    moved = rotation.movedAt != nil
    movedAt = rotation.movedAt
  }

  private enum CodingKeys: String, CodingKey {
    case id, identity, since, moved
    case identityHex = "identity_hex"
    case nextIdentity = "next_identity"
    case nextIdentityHex = "next_identity_hex"
    case movedAt = "moved_at"
  }
}
