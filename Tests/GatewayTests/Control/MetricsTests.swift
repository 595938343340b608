import Foundation
import TestSupport
import Testing

@testable import Gateway

/// What Prometheus would read, by the rules of its text format 0.0.4.
@Suite struct MetricsTests {
  /// A metric as the page has it.
  struct Metric: Hashable {
    let name: String
    let type: String
    let labels: Set<String>
  }

  @Test func `the page and the README agree, and every line is well-formed`() async throws {
    try await withGateway { gateway in
      try await fail(gateway, ["-psk_identity", "nobody", "-psk", key()])
      try await fail(gateway, ["-psk_identity", "demo", "-psk", key(9)])
      try await eventually("two refusals") {
        try await gateway.curl("/metrics").output.contains(
          #"gateway_handshakes_refused_total{reason="wrongPreSharedKey"} 1"#)
      }
      let reply = try await gateway.curl("/metrics", "-i").output
      #expect(reply.contains("\r\ncontent-type: text/plain; version=0.0.4; charset=utf-8\r\n"))
      let page = try #require(reply.firstRange(of: "\r\n\r\n").map { reply[$0.upperBound...] })
      #expect(try Set(Self.metrics(in: page)) == Self.metricsInREADME())
      #expect(!page.contains("demo"))
      #expect(!page.contains("127.0.0.1"))
    }
  }

  @Test func `labels and help are escaped`() {
    let family = MetricFamily("m", .gauge, "a\\b\nc\"", [.init(["l": "x\"\\\n"], 0.5), .init([:], 1e20)])
    #expect(MetricsPage([family]).text == "# HELP m a\\\\b\\nc\"\n# TYPE m gauge\nm{l=\"x\\\"\\\\\\n\"} 0.5\nm 1e+20\n")
  }

  /// Takes a page apart: HELP, TYPE, then the samples of one metric, each once.
  private static func metrics(in page: Substring) throws -> [Metric] {
    let sample = /([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{([^{}]*)\})? (-?[0-9.]+(?:e[+-][0-9]+)?)/
    let label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"/
    var metrics: [Metric] = []
    var seen: Set<String> = []
    #expect(page.hasSuffix("\n"))
    for block in page.components(separatedBy: "# HELP ").dropFirst() {
      let lines = block.split(separator: "\n")
      let name = String(try #require(lines[0].split(separator: " ").first))
      let type = try #require(lines[1].wholeMatch(of: /# TYPE ([a-z_]+) (counter|gauge)/))
      #expect(type.1 == name)
      #expect((type.2 == "counter") == name.hasSuffix("_total"))
      #expect(seen.insert(name).inserted)
      var labels: Set<String> = []
      for line in lines.dropFirst(2) {
        let match = try #require(line.wholeMatch(of: sample), "\(line)")
        #expect(match.1 == name)
        #expect(seen.insert(String(line.prefix { $0 != " " })).inserted || match.2 == nil)
        labels.formUnion((match.2 ?? "").matches(of: label).map { String($0.1) })
      }
      metrics.append(Metric(name: name, type: String(type.2), labels: labels))
    }
    return metrics
  }

  private static func metricsInREADME() throws -> Set<Metric> {
    let path = #filePath.components(separatedBy: "/Tests/")[0] + "/README.md"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let row = /\| `([a-z_]+)` \| (counter|gauge) \| ([^|]*)\|/
    return Set(
      text.matches(of: row).map { match in
        Metric(
          name: String(match.1), type: String(match.2),
          labels: Set(match.3.matches(of: /`([a-z]+)`/).map { String($0.1) }))
      })
  }
}
