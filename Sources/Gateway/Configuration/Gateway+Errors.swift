import Bridge
import Devices
import Routing
import SecureServer

extension Gateway {
  /// Whether `error`, from ``run()``, is a mistake in what the operator configured.
  public static func isAboutConfiguration(_ error: any Error) -> Bool {
    switch error {
    case GatewayError.configuration, SecureServerError.invalidSetting, BridgeError.invalidSettings,
      BridgeError.invalidBrokerAddress, is RoutingError, is DevicesError:
      true
    case SecureServerError.cannotListen(.inherited, _): true
    default: false
    }
  }
}
