import SecureServer
import Settings

/// Why nothing was agreed on, from what the peer offered.
extension Diagnosis {
  /// How many suites a sentence names.
  private static let namedSuites = 6

  func versions(_ offer: ClientOffer?) -> String {
    let spoken = "the gateway speaks \(tls.minimumVersion.rawValue) to \(tls.maximumVersion.rawValue)"
    guard let offer else { return "offered no version of TLS that is spoken here: \(spoken)" }
    let offered = "offered only \(offer.versionNames.joined(separator: ", ")), and \(spoken)"
    let number: [UInt16: GatewayConfiguration.TLS.Version] = [0x0303: .v12, 0x0304: .v13]
    let usable = offer.versions.compactMap { number[$0] }
    if let newest = usable.filter({ $0 < tls.minimumVersion }).max() {
      return "\(offered): set 'tls.minimum_version: \"\(newest.rawValue)\"'"
    }
    if let oldest = usable.filter({ $0 > tls.maximumVersion }).min() {
      return "\(offered): set 'tls.maximum_version: \"\(oldest.rawValue)\"'"
    }
    return "\(offered): older ones are not safe, so give the device new firmware"
  }

  func suites(_ offer: ClientOffer?, _ version: TLSVersion?) -> String {
    guard let offer else { return "offered no cipher suite that is spoken here: set 'tls.suites'" }
    let speaks13 = version == .tlsv13 || (version == nil && offer.versions.contains(0x0304))
    let names = offer.cipherSuiteNames
    // A suite of TLS 1.3 fits any key; those of 1.2 say which they are for.
    let fitting = names.filter { speaks13 && $0.hasPrefix("TLS_") || $0.contains("PSK") }
    guard !fitting.isEmpty else {
      return "offered no suite for pre-shared keys: set identity and key in the device, or build it with TLS-PSK"
    }
    let shown = fitting.prefix(Self.namedSuites).joined(separator: ", ")
    let more = fitting.count > Self.namedSuites ? " and \(fitting.count - Self.namedSuites) more" : ""
    return "offered only \(shown)\(more), " + remedy(for: fitting)
  }

  private func remedy(for offered: [String]) -> String {
    let presets: [(GatewayConfiguration.TLS.Suites, CipherSuites)] = [
      (.modern, .modern), (.constrained, .constrained), (.legacy, .legacy),
    ]
    guard let (needed, _) = presets.first(where: { !$1.names.isDisjoint(with: offered) }) else {
      return "which no preset has: 'tls.suites' cannot help, so give the device other suites"
    }
    let order = GatewayConfiguration.TLS.Suites.allCases
    guard let wanted = order.firstIndex(of: needed), let used = order.firstIndex(of: tls.suites), wanted > used else {
      return "and no group or signature to go with them: let the device offer X25519 or P-256"
    }
    return "which the preset '\(tls.suites.rawValue)' leaves out: set 'tls.suites: \(needed.rawValue)'"
  }
}

extension CipherSuites {
  fileprivate var names: Set<String> { Set(tlsv12 + tlsv13) }
}
