import FoundationEssentials
import Platform

/// How mosquitto is run: the program, its arguments, and the configuration that is written for it.
public struct MosquittoSettings: Sendable {
  /// PATH and the directories of daemons, which are off the PATH of many users.
  public static var searchPath: [String] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").map(String.init) + ["/usr/local/sbin", "/usr/sbin", "/sbin"]
  }

  /// `setpriv`, which has the system end mosquitto with the thread that started it (prctl(2), PR_SET_PDEATHSIG).
  let program: String
  let arguments: [String]

  init(directory: String, port: Int, searching searched: [String]) throws(BridgeError) {
    guard let mosquitto = Self.find("mosquitto", in: searched) else {
      throw .brokerNotInstalled(searched: searched)
    }
    // util-linux is essential in Debian: it is always there.
    program = Self.find("setpriv", in: ["/usr/bin", "/bin"]) ?? "/usr/bin/setpriv"
    let file = directory + "/mosquitto.conf"
    // Had this process died before the system was told, the shell would have another parent.
    let script = #"[ "$PPID" = "$1" ] && exec "$2" -c "$3""#
    arguments = [
      "--pdeathsig", "TERM", "--", "/bin/sh", "-c", script, "sh", "\(ProcessInfo.processInfo.processIdentifier)",
      mosquitto, file,
    ]
    do {
      try FileMode.makeDirectory(directory, mode: 0o700)
      try AtomicFile.write(Array(Self.configuration(directory: directory, port: port).utf8).span, to: file)
    } catch {
      throw .system(error)
    }
  }

  /// What is kept over a restart: retained messages, sessions, queues. Nothing is refused for its number, for whoever
  /// subscribes here is the operator's own program.
  private static func configuration(directory: String, port: Int) -> String {
    """
    # Written by gatewayd at each start; changes are lost.
    user \(CurrentUser.name)
    listener \(port) 127.0.0.1
    allow_anonymous true
    persistence true
    persistence_location \(directory)/
    autosave_on_changes true
    autosave_interval 100
    max_queued_messages 0
    max_queued_bytes 0
    max_inflight_messages 1000
    set_tcp_nodelay true
    log_dest stderr
    log_type error
    log_type warning
    log_type notice
    connection_messages false

    """
  }

  private static func find(_ name: String, in directories: [String]) -> String? {
    directories.map { "\($0)/\(name)" }.first(where: FileManager.default.isExecutableFile(atPath:))
  }
}
