import Model

// What became of messages.
extension LaneContext {
  /// Notes what became of `message`, for good: its receipt will hear of it, the outbox gets its room back, and the disk
  /// too.
  func settle(_ message: UplinkMessage, _ delivery: Delivery) {
    switch delivery {
    case .acknowledged: acknowledged(message)
    case .rejected(let code):
      countRejection(message.message.topic, code)
      keepRejected(message, "the broker refused it: \(MosquittoCode.text(ofReason: code))")
    case .dropped(.unsendable(let reason)):
      countUnsendable(message.message.topic, reason)
      keepRejected(message, reason)
    case .dropped(.endsConnections) where spool != nil:
      counts.dropped += 1
      log.setAside(message.message.topic)
      spool?.setAside(message, reason: "\(DropReason.endsConnections)")
      // It is kept: the device must not send it again and again.
      return release(message, .rejected(MosquittoCode.unspecifiedError))
    case .dropped(.expired):
      counts.dropped += 1
      if message.mayBeOnDisk { spool?.remove(message.sequence) }
    case .dropped: if !message.isSpooled { counts.dropped += 1 }
    case .spooled: break
    }
    release(message, delivery)
  }

  private func acknowledged(_ message: UplinkMessage) {
    if !message.isAtMostOnce { counts.acknowledged += 1 }
    if message.mayBeOnDisk { spool?.remove(message.sequence) }
  }

  /// A device that does not learn of the rejection has been told that the message is safe, or will be.
  private func keepRejected(_ message: UplinkMessage, _ reason: String) {
    guard !message.isAtMostOnce, message.isSpooled || !(message.receipt?.tellsRejection ?? false) else {
      if message.mayBeOnDisk { spool?.remove(message.sequence) }
      return
    }
    spool?.setAside(message, reason: reason)
  }

  /// `message` is on disk; what becomes of it there is nobody's concern but ours.
  func spooled(_ message: UplinkMessage) {
    counts.spooled += 1
    release(message, .spooled)
  }

  private func release(_ message: UplinkMessage, _ delivery: Delivery) {
    guard !message.isSpooled else { return }
    settled.count(message.load, isAtMostOnce: message.isAtMostOnce)
    settlements.add(message.receipt, delivery)
  }

  private func countRejection(_ topic: Topic, _ code: UInt8) {
    counts.rejected += 1
    tell(.rejected(topic: topic, code: code))
    guard let silenced = complaints.pass(at: .now) else { return }
    log.rejected(topic, code: code, reason: MosquittoCode.text(ofReason: code), silenced: silenced)
  }

  private func countUnsendable(_ topic: Topic, _ reason: String) {
    counts.dropped += 1
    guard let silenced = complaints.pass(at: .now) else { return }
    log.unsendable(topic, reason: reason, silenced: silenced)
  }
}
