import Bridge
import Devices
import FoundationEssentials
import Settings
import Storage

/// What `/metrics` shows. The README lists the same, and a test compares them.
extension ControlDesk {
  var families: [MetricFamily] {
    get async {
      let watching = await chronicle.watching
      return aboutTheProcess + aboutDevices(online: await onlineCount) + aboutMessages + aboutTheBroker + aboutTheSpool
        + [
          MetricFamily("gateway_event_watchers", .gauge, "Clients that watch events.", watching.count),
          MetricFamily(
            "gateway_events_lost_total", .counter, "Events that slow watchers have missed.", watching.lost),
        ]
    }
  }

  private var aboutTheProcess: [MetricFamily] {
    [
      MetricFamily(
        "gateway_info", .gauge, "1; its labels say what runs.",
        [.init(["version": GatewayVersion.current, "node": configuration.node], 1)]),
      MetricFamily(
        "process_start_time_seconds", .gauge, "When the gateway started, in seconds since 1970.",
        [.init([:], startedAt.timeIntervalSince1970)]),
      MetricFamily(
        "process_resident_memory_bytes", .gauge, "Memory in use (resident set).", ProcessMemory.resident ?? 0),
    ]
  }

  private func aboutDevices(online: Int) -> [MetricFamily] {
    [
      MetricFamily("gateway_devices", .gauge, "Devices in devices.d, disabled ones among them.", floor.table.count),
      MetricFamily("gateway_devices_online", .gauge, "Devices that have a connection.", online),
      MetricFamily(
        "gateway_handshakes_established_total", .counter, "Handshakes in which a device proved its key.",
        metrics.established),
      MetricFamily(
        "gateway_handshakes_refused_total", .counter, "Handshakes that failed, by reason.",
        metrics.refused.sorted { $0.key < $1.key }.map { .init(["reason": $0.key], Double($0.value)) }),
      MetricFamily(
        "gateway_refusals_unrecorded_total", .counter, "Refused handshakes that came too fast to be written down.",
        trays.refusals.lost),
    ]
  }

  private var aboutMessages: [MetricFamily] {
    let bridged = bridge.statistics
    return [
      MetricFamily("gateway_messages_received_total", .counter, "Messages taken from devices.", metrics.messagesUp),
      MetricFamily(
        "gateway_messages_refused_total", .counter, "Messages that a device may not send.", metrics.messagesRefused),
      MetricFamily(
        "gateway_messages_acknowledged_total", .counter, "Messages that the broker has acknowledged.",
        bridged.acknowledged),
      MetricFamily(
        "gateway_messages_rejected_total", .counter, "Messages that the broker has refused.", bridged.rejected),
      MetricFamily("gateway_messages_spooled_total", .counter, "Messages that were put on disk.", bridged.spooled),
      MetricFamily("gateway_messages_dropped_total", .counter, "Messages that were given up.", bridged.dropped),
      MetricFamily(
        "gateway_messages_delivered_total", .counter, "Messages handed to connected devices.", metrics.messagesDown),
      MetricFamily(
        "gateway_messages_undelivered_total", .counter, "Messages for devices that were given up.",
        metrics.messagesDroppedDown),
      MetricFamily(
        "gateway_upstream_subscriptions", .gauge, "Topic filters that the gateway has subscribed to.",
        downlink.subscriptionCount),
    ]
  }

  private var aboutTheBroker: [MetricFamily] {
    let bridged = bridge.statistics
    return [
      MetricFamily(
        "gateway_bridge_connections", .gauge, "Connections to the broker that are up.", bridged.connectedLanes),
      MetricFamily(
        "gateway_bridge_connections_wanted", .gauge, "Connections to the broker that there should be.",
        configuration.bridge.connections),
      MetricFamily(
        "gateway_bridge_reconnects_total", .counter, "Connections made anew after one was lost.", bridged.reconnects),
      MetricFamily(
        "gateway_bridge_waiting_messages", .gauge, "Messages that the broker has not acknowledged yet.",
        bridged.outboxMessages),
      MetricFamily(
        "gateway_bridge_waiting_bytes", .gauge, "Bytes of their topics and payloads.", bridged.outboxBytes),
      MetricFamily(
        "gateway_bridge_congested", .gauge, "1 while devices are not read because too much waits for the broker.",
        floor.isCongested ? 1 : 0),
    ]
  }

  private var aboutTheSpool: [MetricFamily] {
    let spooled = spool.statistics
    return [
      MetricFamily(
        "gateway_spool_messages", .gauge, "Messages on disk that the broker has not acknowledged yet.", spooled.messages
      ),
      MetricFamily("gateway_spool_bytes", .gauge, "Bytes of their topics and payloads.", spooled.bytes),
      MetricFamily(
        "gateway_spool_oldest_seconds", .gauge, "Age of the oldest of them.",
        Int(spooled.oldestAge?.components.seconds ?? 0)),
      MetricFamily(
        "gateway_spool_set_aside", .gauge, "Messages that the broker will never take, kept on disk.", spooled.setAside),
      MetricFamily(
        "gateway_spool_failing", .gauge, "1 while messages cannot be put on disk.", spooled.isFailing ? 1 : 0),
    ]
  }
}
