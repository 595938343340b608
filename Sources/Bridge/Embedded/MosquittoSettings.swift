import FoundationEssentials
import Platform

/// How mosquitto is run: the program, its arguments, and the configuration that is written for it.
public struct MosquittoSettings: Sendable {
  /// PATH and the directories of daemons, which are off the PATH of many users.
  public static var searchPath: [String] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").map(String.init) + ["/usr/local/sbin", "/usr/sbin", "/sbin"]
  }

  private let mosquitto: String
  private let directory: String

  /// Finds mosquitto, and makes its directory.
  init(directory: String, searching searched: [String]) throws(BridgeError) {
    guard let mosquitto = Self.find("mosquitto", in: searched) else {
      throw .brokerNotInstalled(searched: searched)
    }
    guard !directory.utf8.contains(UInt8(ascii: "\n")) else {
      throw .invalidSettings("the broker's directory has a newline in its name")
    }
    self.mosquitto = mosquitto
    self.directory = directory
    do { try FileMode.makeDirectory(directory, mode: 0o700) } catch { throw .system(error) }
  }

  /// Writes the configuration for `port`, and starts mosquitto as a child of the calling thread: the system ends it with
  /// that thread (prctl(2), PR_SET_PDEATHSIG), for which `setpriv` asks between fork and exec. Its words go to `output`.
  func start(port: Int, output: CInt) throws(SystemError) -> SpawnedProcess {
    let file = directory + "/mosquitto.conf"
    try AtomicFile.write(Array(configuration(port: port).utf8).span, to: file)
    // util-linux is essential in Debian: setpriv is always there.
    let setpriv = Self.find("setpriv", in: ["/usr/bin", "/bin"]) ?? "/usr/bin/setpriv"
    // Had this process died before the system was told, the shell would have another parent.
    let script = #"[ "$PPID" = "$1" ] && exec "$2" -c "$3""#
    let parent = "\(ProcessInfo.processInfo.processIdentifier)"
    return try SpawnedProcess(
      setpriv, ["--pdeathsig", "TERM", "--", "/bin/sh", "-c", script, "sh", parent, mosquitto, file],
      files: .init(output: output, error: output))
  }

  /// What is kept over a restart: retained messages, sessions, queues. Nothing is refused for its number, for whoever
  /// subscribes here is the operator's own program.
  ///
  /// - max_queued_messages is a number beyond reach: with 0, for no limit, mosquitto 2.0.11 takes its empty queue for a
  ///   full one and ends the connection of whoever publishes what it refuses.
  /// - max_inflight_messages is what it sends to a subscriber before it waits: a gateway that acknowledges commands once
  ///   they are on disk would take 20 of them for each fsync by default. What it takes from the bridge, the bridge limits.
  /// - autosave_interval counts changes (retained messages, queued messages, subscriptions), and each save writes the
  ///   whole database: with 1, a broker that queues for an absent subscriber takes 400 messages a second, with 100 it
  ///   takes 2,600. A mosquitto that is killed forgets that many changes at most; one that is asked to end, none.
  private func configuration(port: Int) -> String {
    """
    # Written by gatewayd at each start; changes are lost.
    user \(CurrentUser.name)
    listener \(port) 127.0.0.1
    allow_anonymous true
    persistence true
    persistence_location \(directory)/
    autosave_on_changes true
    autosave_interval 100
    max_queued_messages 1000000000
    max_queued_bytes 0
    max_inflight_messages 1000
    set_tcp_nodelay true
    log_dest stderr
    log_timestamp false
    log_type error
    log_type warning
    log_type notice
    log_type information
    connection_messages false

    """
  }

  private static func find(_ name: String, in directories: [String]) -> String? {
    directories.map { "\($0)/\(name)" }.first(where: FileManager.default.isExecutableFile(atPath:))
  }
}
