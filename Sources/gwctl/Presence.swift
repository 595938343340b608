import Control
import Model
import Storage

/// Who is connected, as the running gateway says it, and when the others were last seen, as its store does.
struct Presence: Sendable {
  private let online: [DeviceID: OnlineDevice]
  private let lastSeen: [DeviceID: LastSeen]

  /// Asks the gateway and reads the store; says what is missing.
  ///
  /// - Parameters:
  ///   - common: where they are.
  ///   - needsGateway: whether there is nothing to tell without a gateway.
  /// - Throws: ``ControlError``, `StorageError`.
  init(_ common: CommonOptions, needsGateway: Bool) async throws {
    var devices: [OnlineDevice] = []
    do throws(ControlError) {
      devices = try await common.client.online()
    } catch {
      guard case .notRunning(let path) = error, !needsGateway else { throw error }
      remark("No gateway was found running at \(path): nobody is online.")
    }
    online = Dictionary(
      devices.compactMap { device in (try? DeviceID(device.device)).map { ($0, device) } }, uniquingKeysWith: { $1 })
    let stored = needsGateway ? [:] : try LastSeen.read(fromState: common.state)
    if stored == nil { remark("Nothing is known of when devices were last seen: \(common.state) has no last-seen.") }
    lastSeen = stored ?? [:]
  }

  /// How `device` is connected; nil if it is not.
  func connection(of device: DeviceID) -> OnlineDevice? { online[device] }

  /// When `device` was last there; nil if it never was, as far as is known.
  func lastSeen(_ device: DeviceID) -> LastSeen? { lastSeen[device] }
}
