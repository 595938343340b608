/// Something that the spool is asked to do.
enum SpoolOrder: Sendable {
  case append([SpooledMessage], @Sendable (Result<Void, StorageError>) -> Void)
  case remove([Int64])
  case setAside(SpooledMessage, reason: String)
  case read(SpoolReading, @Sendable (Result<SpoolPage, StorageError>) -> Void)
  /// The last one.
  case close
}
