import FoundationEssentials
import NIOConcurrencyHelpers
import Platform

/// Messages for the broker on disk, from the moment that the broker does not take them until it has them.
///
/// Everything is done by one thread of its own, in the order of the calls, which never block. Completions run on that
/// thread, in order as well.
public final class Spool: Sendable {
  private static let name = "spool.db"

  /// What an earlier run has left.
  public let contents: SpoolContents
  private let orders: OrderQueue<SpoolOrder>
  private let board: SpoolBoard
  private let ended = ConditionLock(value: false)

  /// Opens STATE/spool.db. A damaged file is put aside, and what can be read of it is taken over. Where there is no file
  /// and none can be made, as on a full disk, it opens all the same, and tries again with the next messages.
  ///
  /// - Parameters:
  ///   - state: where it lies; its lock is held by this process.
  ///   - onEvent: told of damage and of trouble with the disk, on any thread; it must not block.
  /// - Returns: the spool, whose thread runs until ``close()``.
  /// - Throws: ``StorageError/spoolUnusable(path:reason:)`` for a file that is there and cannot be opened,
  ///   ``StorageError/system(_:)``.
  public static func open(
    in state: StateDirectory, onEvent: @escaping @Sendable (SpoolEvent) -> Void = { _ in }
  ) throws(StorageError) -> Spool {
    try Spool(path: state.path + "/" + name, onEvent)
  }

  private init(path: String, _ tell: @escaping @Sendable (SpoolEvent) -> Void) throws(StorageError) {
    let clock = SpoolClock(startingAt: Int64(Date.now.timeIntervalSince1970 * 1_000))
    let opened = try OpenedSpool(path: path, at: clock.now, tell)
    contents = opened.contents
    board = SpoolBoard(clock)
    board.show(opened.file, messages: contents.messages, bytes: contents.bytes)
    do throws(SystemError) {
      orders = try OrderQueue()
      let file = HandedOver(opened.file)
      try SystemThread.start("spool") { [orders, board, ended] in
        SpoolWorker(path: path, file: file.take(), clock: clock, board: board, tell).run(orders)
        ended.lock()
        ended.unlock(withValue: true)
      }
    } catch {
      throw .system(error)
    }
  }

  /// Puts `batch` on disk. What is there already stays as it is.
  ///
  /// - Parameters:
  ///   - batch: messages, in any order.
  ///   - completion: hears when all of it is on disk (fsync(2)), or why nothing of it is:
  ///     ``StorageError/spoolFailing(reason:)``, ``StorageError/spoolClosed``.
  public func append(
    _ batch: [SpooledMessage], then completion: @escaping @Sendable (Result<Void, StorageError>) -> Void
  ) {
    if !orders.add(.append(batch, completion)) { completion(.failure(.spoolClosed)) }
  }

  /// The broker has the messages of these places: they leave the disk, soon.
  public func remove(_ sequences: [Int64]) { _ = orders.add(.remove(sequences)) }

  /// The broker will never take `message`: it leaves the spool and is kept among the newest 1,000 such messages, or 16 MiB
  /// of them.
  public func setAside(_ message: SpooledMessage, reason: String) { _ = orders.add(.setAside(message, reason: reason)) }

  /// Reads messages whose `lane % shares` is `share`, in the order of their places, after the place `after`: `count` at the
  /// most, and about `bytes` at the most, but one in any case. `completion` hears what was read, or why nothing was.
  public func read(
    share: Int, of shares: Int, after: Int64, count: Int, bytes: Int,
    then completion: @escaping @Sendable (Result<SpoolPage, StorageError>) -> Void
  ) {
    let reading = SpoolReading(share: share, shares: shares, after: after, count: count, bytes: bytes)
    if !orders.add(.read(reading, completion)) { completion(.failure(.spoolClosed)) }
  }

  /// How it stands; any thread may ask.
  public var statistics: SpoolStatistics { board.statistics }

  /// Does what was asked for so far, and closes the file. It blocks until that is done; what is asked for later fails.
  public func close() {
    _ = orders.add(.close, isLast: true)
    ended.lock(whenValue: true)
    ended.unlock()
  }
}

/// The file as it was found.
private struct OpenedSpool {
  let file: SpoolFile?
  let contents: SpoolContents

  init(path: String, at time: Int64, _ tell: (SpoolEvent) -> Void) throws(StorageError) {
    let isThere = FileName.exists(path)
    do throws(SQLiteError) {
      try SpoolRescue.resume(path)
      (file, contents) = try Self.open(path, at: time, tell)
    } catch {
      guard case .disk(let reason) = error, !isThere else {
        throw .spoolUnusable(path: path, reason: error.description)
      }
      tell(.failing(reason: reason))
      (file, contents) = (nil, SpoolContents())
    }
  }

  private static func open(
    _ path: String, at time: Int64, _ tell: (SpoolEvent) -> Void
  ) throws(SQLiteError) -> (SpoolFile, SpoolContents) {
    do throws(SQLiteError) {
      let file = try SpoolFile(path: path)
      return (file, try file.contents())
    } catch {
      guard case .damaged(let reason) = error else { throw error }
      let rescue = try SpoolRescue(damaged: path, reason: reason, at: time)
      tell(rescue.event)
      return (rescue.file, try rescue.file.contents())
    }
  }
}

/// The file on its way from the thread that opened it to the one that uses it.
private final class HandedOver: @unchecked Sendable {
  private var file: SpoolFile?

  init(_ file: SpoolFile?) { self.file = file }

  /// To be called once, by the thread that takes it over.
  func take() -> SpoolFile? {
    defer { file = nil }
    return file
  }
}
