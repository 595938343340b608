public import FoundationEssentials
import Model
import NIOConcurrencyHelpers
import Platform
import Synchronization

/// Keeps the sessions of MQTT devices, what waits for them, and wills, in STATE/sessions.db.
///
/// Any thread may ask; one of its own carries out, in order, everything that was asked for meanwhile in one transaction, so that
/// one fsync(2) serves many.
public final class SessionStore: Sendable {
  private static let name = "sessions.db"

  /// What an earlier run has left.
  public let contents: StoredSessions
  private let orders: OrderQueue<SessionWork>
  private let nextNumber: Synchronization.Atomic<Int64>
  private let ended = ConditionLock(value: false)

  /// Opens STATE/sessions.db. A file that is damaged is put aside, and sessions begin anew.
  ///
  /// - Parameters:
  ///   - state: where it lies; its lock is held by this process.
  ///   - onEvent: told of damage and of trouble with the disk, on any thread; it must not block.
  /// - Throws: ``StorageError/spoolUnusable(path:reason:)``, ``StorageError/system(_:)``.
  public init(
    in state: StateDirectory, onEvent: @escaping @Sendable (SpoolEvent) -> Void = { _ in }
  ) throws(StorageError) {
    let path = state.path + "/" + Self.name
    let clock = SpoolClock(startingAt: Int64(Date.now.timeIntervalSince1970 * 1_000))
    let file: SessionFile
    do throws(SQLiteError) {
      (file, contents) = try Self.open(path, clock, onEvent)
    } catch {
      throw .spoolUnusable(path: path, reason: error.description)
    }
    nextNumber = Synchronization.Atomic(contents.nextID)
    do throws(SystemError) {
      orders = try OrderQueue()
      let handed = HandedOver(file)
      try SystemThread.start("sessions") { [orders, ended] in
        SessionWorker(path: path, file: handed.take(), clock: clock, onEvent).run(orders)
        ended.lock()
        ended.unlock(withValue: true)
      }
    } catch {
      throw .system(error)
    }
  }

  /// A number that no session, will or message of this store has had.
  public func takeNumber() -> Int64 { nextNumber.add(1, ordering: .relaxed).oldValue }

  /// Keeps `session`, without what waits for it, from now on. `completion` hears whether it is on disk (fsync(2)), as
  /// everywhere here.
  public func save(_ session: StoredSession, then completion: @escaping @Sendable (Bool) -> Void) {
    ask(.save(session), completion)
  }

  /// Forgets a session and everything that belongs to it.
  public func remove(session: Int64) { ask(.remove(session: session)) }

  /// A session's connection has ended at `time`: it is kept for so many seconds.
  public func end(session: Int64, expiryInterval: UInt32, at time: Date) {
    ask(.end(session: session, expiryInterval: expiryInterval, at: Int64(time.timeIntervalSince1970 * 1_000)))
  }

  /// A session has these subscriptions beside others, or in the place of those with the same filter.
  public func subscribe(
    session: Int64, _ subscriptions: [StoredSubscription], then completion: @escaping @Sendable (Bool) -> Void
  ) {
    ask(.subscribe(session: session, subscriptions), completion)
  }

  /// It has these no more.
  public func unsubscribe(session: Int64, _ filters: [String]) { ask(.unsubscribe(session: session, filters)) }

  /// Keeps messages for sessions.
  public func enqueue(_ deliveries: [StoredDelivery], then completion: @escaping @Sendable (Bool) -> Void) {
    ask(.enqueue(deliveries), completion)
  }

  /// Forgets messages.
  public func finish(_ sequences: [Int64]) { ask(.finish(sequences)) }

  /// Reads what waits for a session, nil if that fails.
  public func read(session: Int64, then completion: @escaping @Sendable ([StoredDelivery]?) -> Void) {
    if !orders.add(.read(session, completion)) { completion(nil) }
  }

  /// Keeps a will.
  public func save(_ will: StoredWill, then completion: @escaping @Sendable (Bool) -> Void) {
    ask(.saveWill(will), completion)
  }

  /// Forgets a will: it was published, or taken back.
  public func remove(will: Int64) { ask(.removeWill(will)) }

  /// Keeps what is subscribed to at the broker, or forgets it where there is no identifier.
  public func remember(filter: String, identifier: Int?) { ask(.remember(filter: filter, identifier: identifier)) }

  /// Does what was asked for so far, and closes the file. It blocks until that is done.
  public func close() {
    _ = orders.add(.close, isLast: true)
    ended.lock(whenValue: true)
    ended.unlock()
  }

  private func ask(_ order: SessionOrder, _ completion: (@Sendable (Bool) -> Void)? = nil) {
    if !orders.add(.order(order, completion)) { completion?(false) }
  }

  private static func open(
    _ path: String, _ clock: SpoolClock, _ tell: (SpoolEvent) -> Void
  ) throws(SQLiteError) -> (SessionFile, StoredSessions) {
    do throws(SQLiteError) {
      let file = try SessionFile(path: path)
      return (file, try file.contents(at: clock.now))
    } catch {
      guard case .damaged(let reason) = error else { throw error }
      let aside = try SessionWorker.setAside(path, at: clock.now)
      tell(.damaged(reason: reason, path: aside, recovered: 0))
      return (try SessionFile(path: path), StoredSessions())
    }
  }

  /// The file on its way from the thread that opened it to the one that uses it.
  private final class HandedOver: @unchecked Sendable {
    private var file: SessionFile?

    init(_ file: SessionFile) { self.file = file }

    /// To be called once, by the thread that takes it over.
    func take() -> SessionFile? {
      defer { file = nil }
      return file
    }
  }
}

/// What is left for the store's thread.
enum SessionWork: Sendable {
  case order(SessionOrder, (@Sendable (Bool) -> Void)?)
  case read(Int64, @Sendable ([StoredDelivery]?) -> Void)
  /// The last one.
  case close
}
