import CPlatform
import Glibc

/// The name of the user that this process acts as; `nil` where the system knows none, as in some containers.
public func systemUserName() -> String? {
  var entry = unsafe passwd()
  var found: UnsafeMutablePointer<passwd>?
  var buffer = [CChar](repeating: 0, count: 16_384)
  return unsafe buffer.withUnsafeMutableBufferPointer { buffer in
    guard let base = unsafe buffer.baseAddress,
      unsafe getpwuid_r(geteuid(), &entry, base, buffer.count, &found) == 0, unsafe found != nil,
      let name = unsafe entry.pw_name
    else { return nil }
    return unsafe String(cString: name)
  }
}

/// Whether `path` is a file that this process may execute.
public func isExecutable(_ path: String) -> Bool { unsafe access(path, X_OK) == 0 }

/// The id of this process.
public func processID() -> CInt { getpid() }
