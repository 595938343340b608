import Model
import Testing

/// The small words: qualities of service, protocols, reasons, errors.
struct WordTests {
  @Test func `qualities of service are ordered and are what MQTT writes`() {
    #expect(QualityOfService.allCases.map(\.rawValue) == [0, 1, 2])
    #expect(QualityOfService.atMostOnce < .atLeastOnce)
    #expect(QualityOfService.atLeastOnce < .exactlyOnce)
    #expect(QualityOfService(rawValue: 3) == nil)
  }

  @Test func `protocols are spelled as in a device's file`() {
    #expect(DeviceProtocol.allCases.map(\.rawValue) == ["auto", "mqtt", "lines", "frames"])
  }

  @Test func `reasons are spelled as in presence`() {
    #expect(
      OfflineReason.allCases.map(\.rawValue) == [
        "disconnected", "timeout", "revoked", "replaced", "shutdown", "gateway_restarted", "protocol_error",
      ])
  }

  @Test func `a message arrives at least once and is not kept unless told otherwise`() throws {
    let message = Message(topic: try Topic("a"), payload: [1])
    #expect(message.qos == .atLeastOnce)
    #expect(!message.retain)
  }

  @Test(arguments: [
    (ModelError.invalidDeviceID("a/b", reason: "r"), "'a/b' is not a device id: r"),
    (.invalidTopic("+", reason: "r"), "'+' is not a topic: r"),
    (.invalidTopicFilter("a#", reason: "r"), "'a#' is not a topic filter: r"),
  ])
  func `an error says what is wrong with what`(error: ModelError, text: String) {
    #expect(error.description == text)
    #expect(error.reason == "r")
  }
}
