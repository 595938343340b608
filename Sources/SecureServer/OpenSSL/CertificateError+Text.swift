import COpenSSL

extension CertificateError.Code {
  /// OpenSSL's text and the number (X509_verify_cert_error_string(3)).
  public var description: String {
    guard let text = unsafe X509_verify_cert_error_string(CLong(rawValue)) else { return "error \(rawValue)" }
    return unsafe "\(String(cString: text)) (\(rawValue))"
  }
}
