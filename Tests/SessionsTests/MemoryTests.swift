import Model
import Testing

@testable import Sessions

/// What a session keeps.
struct MemoryTests {
  @Test func `an idle session is small and holds nothing`() {
    #expect(MemoryLayout<DeviceSession>.size <= 288)
    var mqtt = Conversation.connected()
    mqtt.device(sends: packet(0x30, bytes("0001 'a'") + Array(repeating: 0, count: 10_000)))
    #expect(mqtt.session.bufferedBytes == 0)
    var lines = Conversation(.lines)
    lines.device(sends: bytes("'hello' 0A"))
    #expect(lines.session.bufferedBytes == 0)
  }

  @Test func `a part of a message keeps no more room than it needs`() {
    var input = SessionInput()
    input.append([UInt8](repeating: 0, count: 200_000).span)
    let bytes = input.take()
    #expect(input.pending.capacity == 0)
    input.keep(bytes, after: 199_990)
    #expect(input.pending.count == 10)
    #expect(input.pending.capacity < 100)
  }

  @Test func `bytes that come one by one are not copied again and again`() {
    var input = SessionInput()
    var moves = 0
    var capacity = 0
    for _ in 0..<10_000 {
      input.append([1].span)
      if input.pending.capacity != capacity { moves += 1 }
      capacity = input.pending.capacity
    }
    #expect(moves < 30)
  }

  @Test func `never holds more than a packet and the last piece`() {
    var limits = SessionLimits()
    limits.maximumPacketBytes = 1_000
    var conversation = Conversation.connected(limits: limits)
    let body = bytes("0001 'a'") + Array(repeating: 0, count: 900)
    let stream = Array(repeating: packet(0x30, body), count: 20).joined()
    var largest = 0
    for start in stride(from: 0, to: stream.count, by: 64) {
      conversation.device(sends: Array(Array(stream)[start..<min(start + 64, stream.count)]))
      largest = max(largest, conversation.session.bufferedBytes)
    }
    #expect(largest < 1_000)
    #expect(conversation.actions.publishes.count == 20)
  }

  @Test func `a burst of PUBLISHes leaves no room behind`() {
    var queue = AcknowledgementQueue()
    for _ in 0..<3 {
      let tokens = (1...100).map { queue.append(UInt16($0)) }
      for token in tokens.reversed() { _ = queue.settle(token) }
      #expect(queue.count == 0)
    }
    #expect(queue.capacity <= 16)
  }

  @Test func `nothing is held after the end, whatever came before`() {
    var conversation = Conversation.connected()
    conversation.device(sends: bytes("32 06 0001 'a' 0001 '!' 30 7F 0001"))
    #expect(conversation.session.bufferedBytes == 4)
    #expect(conversation.session.unsettled == 1)
    conversation.gatewayCloses(.shutdown)
    #expect(conversation.session.bufferedBytes == 0)
    #expect(conversation.session.unsettled == 0)
  }

  @Test func `an owner that drains sees when everything is settled`() {
    var conversation = Conversation.connected()
    conversation.device(sends: bytes("32 06 0001 'a' 0001 '!' 32 06 0001 'a' 0002 '!'"))
    let publishes = conversation.takeActions().publishes
    conversation.settle(publishes[1].token)
    #expect(conversation.session.unsettled == 2, "the second waits for its turn behind the first")
    conversation.settle(publishes[0].token)
    #expect(conversation.session.unsettled == 0)
  }

  @Test func `sessions are values: what happens to one does not happen to its copy`() {
    var first = Conversation.connected()
    first.device(sends: bytes("30 05 0001"))
    var second = first
    first.device(sends: bytes("'a1!'"))
    second.device(sends: bytes("'b'"))
    #expect(first.actions.payloads == ["1!"])
    #expect(second.actions.publishes.isEmpty)
    #expect(second.session.bufferedBytes == 5)
  }
}
