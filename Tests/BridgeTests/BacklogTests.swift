import Model
import Storage
import Testing

@testable import Bridge

@Suite struct BacklogTests {
  @Test func `what is stored is read and sent in order, and holds its device back until then`() throws {
    var driver = BacklogDriver()
    let device = LaneKey(try DeviceID("dev"))
    for place in 1...5 { driver.backlog.append(try .make(at: Int64(place))) }
    #expect(driver.backlog.holds(device))
    driver.store()
    #expect(driver.backlog.isStored)
    while driver.read(2) { driver.send() }
    #expect(driver.sent == [1, 2, 3, 4, 5])
    #expect(!driver.backlog.holds(device))
  }

  @Test func `what is being stored is not sent`() throws {
    var driver = BacklogDriver()
    driver.backlog.append(try .make(at: 1))
    #expect(driver.backlog.next?.sequence == 1)
    _ = driver.backlog.nextBatch()
    driver.backlog.append(try .make(at: 2))
    #expect(driver.backlog.next == nil)
    let second = driver.backlog.nextBatch()
    #expect(second == nil)
    driver.backlog.notStored()
    driver.send()
    #expect(driver.sent == [1, 2])
  }

  @Test func `older messages that are stored later are sent first`() throws {
    var driver = BacklogDriver()
    for place in 11...20 { driver.backlog.append(try .make(at: Int64(place))) }
    driver.store()
    let didRead = driver.read(5)
    #expect(didRead)
    driver.backlog.insert(try (1...3).map { try .make(at: Int64($0)) })
    let asked = driver.backlog.nextBatch()
    let batch = try #require(asked)
    #expect(driver.backlog.next == nil)
    driver.write(batch)
    _ = driver.backlog.stored()
    while driver.read() { driver.send() }
    #expect(driver.sent == [1, 2, 3] + Array(11...20))
  }

  @Test func `a page that misses what was stored meanwhile is read again`() throws {
    var driver = BacklogDriver()
    for place in [5, 9] { driver.backlog.append(try .make(at: Int64(place))) }
    driver.store()
    let asked = driver.backlog.beginReading()
    let start = try #require(asked)
    let page = driver.page(after: start)
    driver.backlog.insert([try .make(at: 7)])
    driver.store()
    driver.backlog.read(page, underWay: [])
    driver.send()
    #expect(driver.sent.isEmpty)
    while driver.read() { driver.send() }
    #expect(driver.sent == [5, 7, 9])
  }

  @Test func `what is under way, or answered while a page is read, is not sent twice`() throws {
    var driver = BacklogDriver()
    for place in 1...4 { driver.backlog.append(try .make(at: Int64(place))) }
    driver.store()
    let asked = driver.backlog.beginReading()
    let start = try #require(asked)
    driver.backlog.answered(2)
    driver.backlog.read(driver.page(after: start), underWay: [3])
    driver.send()
    #expect(driver.sent == [1, 4])
  }

  @Test func `what was under way and is taken back comes before what is newer`() throws {
    var driver = BacklogDriver()
    for place in 1...6 { driver.backlog.append(try .make(at: Int64(place))) }
    driver.store()
    let didRead = driver.read()
    #expect(didRead)
    let underWay = (0..<2).compactMap { _ in driver.backlog.popNext() }
    driver.backlog.takeBack(underWay)
    while driver.read() { driver.send() }
    #expect(driver.sent == [1, 2, 3, 4, 5, 6])
  }

  @Test func `copies are stored and not sent`() throws {
    var driver = BacklogDriver()
    driver.backlog.copy([try .make(at: 1), try .make(at: 2)])
    driver.backlog.answered(2)
    let asked = driver.backlog.nextBatch()
    let batch = try #require(asked)
    #expect(batch.map(\.sequence) == [1])
    let stored = driver.backlog.stored()
    #expect(stored.copies.map(\.sequence) == [1] && stored.messages.isEmpty)
    #expect(driver.backlog.next == nil)
    #expect(!driver.backlog.holds(LaneKey(try DeviceID("dev"))))
  }

  @Test func `a copy of what is taken back meanwhile is sent from the disk, once and in order`() throws {
    var driver = BacklogDriver()
    let device = LaneKey(try DeviceID("dev"))
    let underWay = try (1...2).map { try UplinkMessage.make(at: $0) }
    driver.backlog.copy(underWay)
    driver.backlog.append(try .make(at: 3))
    let asked = driver.backlog.nextBatch()
    let batch = try #require(asked)
    driver.backlog.takeBack(underWay)
    // What is sent before the disk has answered is no business of the disk's.
    let first = driver.backlog.popNext()
    #expect(first?.sequence == 1)
    driver.write(batch)
    #expect(driver.backlog.stored().messages.map(\.sequence) == [2, 3])
    #expect(driver.backlog.isStored && driver.backlog.holds(device))
    while driver.read(underWay: [1]) { driver.send() }
    #expect(driver.sent == [2, 3])
    #expect(!driver.backlog.holds(device))
  }

  @Test func `an earlier run's messages go to the lane of their device`() throws {
    var contents = SpoolContents()
    contents.messagesByLane = [4: 10, 5: 1]
    let lanes = (0..<2).map { Backlog(of: $0, among: 2, in: contents) }
    #expect(lanes[0].holds(LaneKey(hash: 4)) && !lanes[0].holds(LaneKey(hash: 5)))
    #expect(lanes[1].holds(LaneKey(hash: 5)) && !lanes[1].holds(LaneKey(hash: 4)))
  }

  @Test func `messages that a damaged disk has lost hold nobody back`() throws {
    var driver = BacklogDriver(backlog: Backlog(onDisk: [LaneKey(hash: 1): 7]))
    let didRead = driver.read()
    #expect(didRead)
    #expect(!driver.backlog.holds(LaneKey(hash: 1)))
  }

  @Test func `any order of arrivals, storing, reading and sending keeps each device's order`() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      var driver = BacklogDriver()
      var (next, late) = (Int64(1), [UplinkMessage]())
      for _ in 0..<200 {
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1:
          // What waits in memory for a while, and what does not.
          let message = try UplinkMessage.make(device: "dev-\(Int.random(in: 0..<4))", at: next)
          if driver.backlog.holds(message.lane) { driver.backlog.append(message) } else { late.append(message) }
          next += 1
        case 2:
          driver.backlog.insert(late)
          late = []
        case 3: driver.store()
        case 4: _ = driver.read(Int.random(in: 1..<5))
        default: if late.isEmpty { driver.send() }
        }
      }
      driver.backlog.insert(late)
      driver.store()
      repeat { driver.send() } while driver.read()
      #expect(driver.sent.count == Int(next - 1))
      #expect(driver.disk.isEmpty)
      #expect(Set(driver.sent).count == driver.sent.count)
      #expect(!driver.isOutOfOrder)
    }
  }
}
