import Bridge
import Devices
public import Logging
import Model
import NIOCore
import NIOPosix
import Platform
import Routing
import SecureServer
import ServiceLifecycle
public import Settings
import Storage
import UnixSignals

/// The gateway: what a device says, from its first byte to the MQTT broker.
public struct Gateway: Sendable {
  private let configuration: GatewayConfiguration
  private let inherited: [CInt]
  private let logger: Logger

  /// A gateway that is not running yet.
  ///
  /// - Parameters:
  ///   - configuration: what the operator has set.
  ///   - inherited: listening sockets that somebody else has opened (socket activation); where there are some, devices
  ///     connect to them, and to none of the configuration's addresses.
  ///   - logger: where to log.
  public init(configuration: GatewayConfiguration, inherited: [CInt] = [], logger: Logger) {
    self.configuration = configuration
    self.inherited = inherited
    self.logger = logger
  }

  /// Takes secrets out of the environment: to be called before it is read as a whole.
  public static func takeSecrets() { MasterKeySource.takeVariable() }

  /// Takes over the listening sockets that systemd has opened for this process, and their variables out of the environment:
  /// to be called once, likewise.
  ///
  /// - Throws: `SystemError` for variables that say what is not so.
  public static func takeSockets() throws -> [CInt] { try SystemdSockets.take() }

  /// Runs until SIGTERM or SIGINT, then finishes what is under way within the drain time.
  ///
  /// In the order in which the data flows: bytes, identity, session, message, route, broker.
  ///
  /// - Throws: ``GatewayError`` for what the operator can mend; what else fails comes as it is.
  public func run() async throws {
    let log = GatewayLog(logger)
    let state = try StateDirectory.open(path: configuration.state)
    // Its lock is held to the end.
    defer { withExtendedLifetime(state) {} }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threadCount)
    let metrics = Metrics()
    if configuration.quota.messagesPerSecond != nil || configuration.quota.bytesPerSecond != nil { log.ratesIgnored() }

    // Identities: devices.d, read whole, then handed to each event loop.
    let directory = DeviceDirectory(path: configuration.devices.directory, options: configuration.directoryOptions)
    let finished = try FinishedRotations(in: state)
    let rotations = RotationDesk(finished)
    // The floor takes it over: a table that were held here would keep the keys that a reload takes away.
    var table: DeviceTable? = try directory.load(adjusting: rotations.adjust).table
    let problems = table?.problems ?? []
    log.devicesLoaded(table ?? .empty, problems)

    // The broker's side: where messages end, on disk until it takes them.
    let layout = try TopicLayout(node: configuration.node, templates: configuration.topicTemplates)
    let embedded = try await configuration.startEmbeddedBroker(in: state, logger)
    let news = BridgeNews()
    let spool = try Spool.open(in: state, onEvent: log.spool)
    defer { spool.close() }
    log.spoolOpened(spool.contents)
    let bridge = try Bridge(
      settings: configuration.bridgeSettings(layout, embeddedPort: embedded?.port), spool: spool, logger: logger,
      onEvent: news.publish)

    let switchboard = try makeSwitchboard(in: state, embeddedPort: embedded?.port, log)
    defer { switchboard.store.close() }

    // The devices' side: sessions live on the event loops, presence and refusals are kept for all of them.
    let presence = PresenceDesk(
      layout: layout, isEnabled: configuration.presence.enabled, bridge: bridge,
      announced: try AnnouncedDevices(in: state), log: log)
    let trays = NoteTrays()
    let refusals = RefusalDesk(configuration.rejections, layout, bridge, log)
    let floor = SessionFloor(
      group: group, table: table.take() ?? .empty,
      rules: SessionRules(configuration, layout), bridge: bridge, presence: presence, rotations: rotations,
      trays: trays, switchboard: switchboard, metrics: metrics, log: log)
    try await floor.takeOver(switchboard)
    let server = try SecureServer(
      configuration: try configuration.secureServer(inherited: inherited, preSharedKeys: floor.decide), group: group,
      observer: Self.observer(metrics, refusals, rotations, trays, log),
      channelInitializer: floor.admit)

    // The operators' side: what happened, kept off the event loops, and who asks for it.
    let reloading = try Reloading(
      directory, adjusting: rotations.adjust, sweepInterval: configuration.devices.sweepInterval, told: problems,
      floor: floor, trays: trays, log: log)
    let rates = Rates(metrics, bridge)
    let chronicle = Chronicle(trays, Diagnosis(configuration))
    let saving = Saving(try LastSeenStore(in: state, deviceCount: floor.table.count) { floor.table.contains($0) }, log)
    let desk = ControlDesk(
      configuration: configuration, floor: floor, reloading: reloading, bridge: bridge,
      downlink: switchboard.downlink, spool: spool, server: server, metrics: metrics, rates: rates, trays: trays,
      chronicle: chronicle,
      why: WhyDesk(chronicle: chronicle, diagnosis: Diagnosis(configuration), floor: floor, state: state.path))
    // They are stopped in the opposite order: no more connections first, the broker last.
    try await serve(
      [
        embedded, bridge, switchboard.downlink, ChronicleService(chronicle, trays, floor, saving, rates),
        PresenceService(presence, floor, news, trays, restartGrace: configuration.presence.restartGrace, log), refusals,
        RotationService(rotations, reloading, directory, finished, log), ControlServer(state, desk, log),
        MetricsServer(configuration, desk, log), reloading,
        ReloadOnHangup(reloading), Watchdog(floor, bridge), Listening(server, log),
      ], on: group, log)
  }

  /// What comes from the broker: subscriptions, and what waits for sessions, outlive this process.
  private func makeSwitchboard(
    in state: StateDirectory, embeddedPort: Int?, _ log: GatewayLog
  ) throws -> Switchboard {
    let store = try SessionStore(in: state, onEvent: log.sessions)
    return try Switchboard(
      store: store,
      settings: configuration.downlinkSettings(embeddedPort: embeddedPort, known: store.contents.upstream), logger)
  }

  /// Who hears of what happens to connections.
  private static func observer(
    _ metrics: Metrics, _ refusals: RefusalDesk, _ rotations: RotationDesk, _ trays: NoteTrays, _ log: GatewayLog
  ) -> @Sendable (SecureServerEvent) -> Void {
    { event in
      metrics.count(event)
      refusals.record(event)
      rotations.trials.record(event)
      trays.record(event)
      if case .acceptFailed(let reason) = event { log.cannotAccept(reason) }
    }
  }

  /// Runs the parts until a signal ends them, in the order opposite to theirs.
  private func serve(
    _ parts: [(any Service)?], on eventLoops: MultiThreadedEventLoopGroup, _ log: GatewayLog
  ) async throws {
    let services = parts.compactMap(\.self)
    let group = ServiceGroup(
      services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: log.lifecycle)
    try await group.run()
    try await eventLoops.shutdownGracefully()
    log.stopped()
  }
}
