import Glibc
import NIOCore
import NIOHTTP1

extension ControlClient {
  /// What went wrong, in the operator's words.
  func translated(_ error: any Error) -> ControlError {
    switch error {
    case let error as ControlError: error
    case let error as IOError: translated(error)
    case let error as HTTPParserError: .badReply(reason: "it is not HTTP (\(error))")
    default: .unreachable(path: path, reason: "\(error)")
    }
  }

  private func translated(_ error: IOError) -> ControlError {
    switch error.errnoCode {
    case ENOENT, ENOTDIR, ECONNREFUSED: .notRunning(path: path)
    case EACCES, EPERM: .permissionDenied(path: path)
    default: .unreachable(path: path, reason: "\(error)")
    }
  }
}
