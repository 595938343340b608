import Bridge
import Model
import NIOConcurrencyHelpers
import NIOCore
import Routing
import SecureServer
import ServiceLifecycle
import Settings

/// Tells the broker and the log of refused handshakes: of each kind once a second at most, with how often it came.
final class RefusalDesk: Service {
  private let limiter: NIOLockedValueBox<RejectionLimiter>
  private let layout: TopicLayout
  private let bridge: Bridge
  private let log: GatewayLog
  private let isEnabled: Bool

  init(_ settings: GatewayConfiguration.Rejections, _ layout: TopicLayout, _ bridge: Bridge, _ log: GatewayLog) {
    limiter = NIOLockedValueBox(RejectionLimiter(maximumKinds: settings.maximumPerSecond))
    isEnabled = settings.enabled
    self.layout = layout
    self.bridge = bridge
    self.log = log
  }

  /// Takes note of a refused handshake.
  func record(_ event: SecureServerEvent) {
    guard case .handshakeFailed(let peer, let failure) = event, let reason = failure.reason.toldAs else { return }
    let rejection = limiter.withLockedValue {
      $0.record(
        identity: failure.offeredIdentity ?? [], address: peer.address?.ipAddress ?? "", reason: reason, now: .now)
    }
    if let rejection { tell([rejection]) }
  }

  func run() async throws {
    await cancelWhenGracefulShutdown { [self] in
      while !Task.isCancelled {
        // Cancelled: what was held back is told below.
        do { try await Task.sleep(for: .milliseconds(250)) } catch {}
        tell(limiter.withLockedValue { $0.flush(now: .now) })
      }
    }
  }

  private func tell(_ rejections: [Rejection]) {
    guard !rejections.isEmpty else { return }
    rejections.forEach(log.refused)
    guard isEnabled else { return }
    bridge.submit(rejections.map { Submission(message: $0.message(in: layout), lane: .gateway) })
  }
}

extension HandshakeFailure.Reason {
  /// The reason in events and logs; nil for what is no refusal.
  fileprivate var toldAs: String? {
    switch self {
    case .peerClosed, .serverClosing: nil
    case .rejectedPSKIdentity(let why): why
    case .timedOut, .notTLS, .invalidProxyHeader, .unknownPSKIdentity, .wrongPreSharedKey, .preSharedKeyTooShort,
      .noPreSharedKeyOffered, .unsupportedVersion, .noSharedCipher, .noSharedApplicationProtocol, .certificateRejected,
      .noCertificate, .unknownServerName, .alertReceived, .protocolError, .serverBusy,
      .tooManyConnections, .tooManyConnectionsFromAddress, .internalError:
      name
    }
  }
}
