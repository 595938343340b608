public import Model

extension DeviceID {
  /// The id of a bundle's entry: its identity, where bytes outside the id alphabet become `%XX`, and past 64 characters
  /// the first 40, `-`, and 16 hex digits of the identity's SHA-256.
  public init(bundleIdentity identity: Span<UInt8>) throws(ModelError) {
    try self.init("")
  }
}
