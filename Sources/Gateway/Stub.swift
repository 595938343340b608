import ServiceLifecycle

struct EmbeddedStub: Service {
  var port: Int { 0 }
  func run() async throws {}
}
