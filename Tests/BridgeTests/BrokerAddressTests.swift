import Bridge
import Model
import Testing

@Suite struct BrokerAddressTests {
  @Test(arguments: [
    ("mqtt://broker", "mqtt://broker:1883"),
    ("mqtts://broker", "mqtts://broker:8883"),
    ("mqtt://broker:2000", "mqtt://broker:2000"),
    ("mqtt://broker/", "mqtt://broker:1883"),
    ("mqtts://10.0.0.1:1", "mqtts://10.0.0.1:1"),
    ("mqtt://[::1]", "mqtt://[::1]:1883"),
    ("mqtt://[fe80::1%25eth0]:65535", "mqtt://[fe80::1%25eth0]:65535"),
    ("mqtt://user@broker", "mqtt://broker:1883"),
    ("mqtt://user:secret@broker:1884", "mqtt://broker:1884"),
  ])
  func `reads a URL, and never prints the password`(url: String, description: String) throws {
    #expect(try BrokerAddress(url: url).description == description)
  }

  @Test(arguments: [
    ("mqtt://a:b@h", "a", "b"), ("mqtt://a:b:c@h", "a", "b:c"), ("mqtt://a@h", "a", nil), ("mqtt://h", nil, nil),
    ("mqtt://a%40b:%25%3a@h", "a@b", "%:"), ("mqtt://a:p@ss@h", "a", "p@ss"), ("mqtt://a:@h", "a", ""),
  ])
  func `takes user and password apart`(url: String, user: String?, password: String?) throws {
    let address = try BrokerAddress(url: url)
    #expect(address.host == "h")
    #expect(address.user == user)
    let expected = password.map { SecretBytes(Array($0.utf8)) }
    #expect(
      address.password == nil ? expected == nil : expected.map { address.password?.isEqual(to: $0) == true } == true)
  }

  @Test(arguments: [
    ("", "neither mqtt:// nor mqtts://"), ("broker:1883", "neither mqtt:// nor mqtts://"),
    ("tcp://broker", "neither mqtt:// nor mqtts://"), ("mqtt://", "no host"), ("mqtt://:1883", "no host"),
    ("mqtt://user@", "no host"), ("mqtt://broker:", "port"), ("mqtt://broker:0", "port"),
    ("mqtt://broker:65536", "port"), ("mqtt://broker:x", "port"), ("mqtt://broker:-1", "port"),
    ("mqtt://::1", "no host"), ("mqtt://fe80::1", "port"), ("mqtt://[::1", "port"), ("mqtt://[::1]x", "port"),
    ("mqtt://broker/topic", "path"), ("mqtt://bro ker", "character"), ("mqtt://brök", "character"),
    ("mqtt://a%4@broker", "hex"), ("mqtt://a%zz@broker", "hex"), ("mqtt://a:%00@broker", "hex"),
  ])
  func `refuses what is no broker, and says why`(url: String, reason: String) {
    let error = #expect(throws: BridgeError.self) { try BrokerAddress(url: url) }
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
  }

  @Test func `an error does not repeat the password`() {
    let error = #expect(throws: BridgeError.self) { try BrokerAddress(url: "mqtt://user:hunter2@broker:port") }
    #expect(error?.description.contains("hunter2") == false)
  }
}
