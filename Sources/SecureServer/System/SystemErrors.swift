import Glibc

/// An error number as text (strerror(3)).
func systemErrorText(_ code: CInt) -> String {
  guard let text = unsafe strerror(code) else { return "error \(code)" }
  return unsafe String(cString: text)
}
