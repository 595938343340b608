import Testing

@testable import Settings

@Suite struct `The commented file` {
  @Test func `changes nothing`() async throws {
    #expect(try await load(GatewayConfiguration.commentedFile) == GatewayConfiguration())
  }

  @Test func `has every key, with a comment above it`() {
    let lines = GatewayConfiguration.commentedFile.split(separator: "\n", omittingEmptySubsequences: false)
    for setting in Section.settings.values {
      let key = setting.lastPart
      let index = lines.firstIndex { line in
        let text = line.drop { $0 == " " || $0 == "#" }
        return text.hasPrefix("\(key): ") && line.hasPrefix(setting.key == key ? "" : "  ")
      }
      #expect(index.map { lines[$0 - 1].contains("#") } == true, "\(setting.key)")
    }
  }

  @Test func `shows examples that are right`() async throws {
    let lines = GatewayConfiguration.commentedFile.split(separator: "\n", omittingEmptySubsequences: false)
    let uncommented = lines.map { line in
      let text = line.drop { $0 == " " }.dropFirst(2)
      let isExample = Section.settings.values.contains {
        $0.example != nil && text == "\($0.lastPart): \($0.example ?? "")"
      }
      return isExample ? line.replacing("# ", with: "", maxReplacements: 1) : line
    }
    #expect(uncommented != lines)
    // All credentials at once are too much, and they ask for TLS; each value for itself is right.
    let problems = try await problems(in: uncommented.joined(separator: "\n"))
    #expect(problems.allSatisfy { $0.contains("psk_identity") }, "\(problems)")
  }

  @Test func `fits on a screen`() {
    for line in GatewayConfiguration.commentedFile.split(separator: "\n") { #expect(line.count <= 100) }
  }
}

@Suite struct `The catalog` {
  @Test func `sets every member of the configuration`() {
    let members = Mirror(reflecting: GatewayConfiguration()).children.map(\.value).flatMap { section in
      let mirror = Mirror(reflecting: section)
      return mirror.displayStyle == .struct ? mirror.children.map { _ in 1 } : [1]
    }
    #expect(Section.settings.count == members.count)
  }

  @Test func `gives each setting a name and a variable of its own`() {
    let settings = Section.settings.values
    #expect(Set(settings.map(\.name)).count == settings.count)
    #expect(Set(settings.map(\.variable)).count == settings.count)
  }

  @Test func `has only defaults that are allowed`() throws {
    var configuration = GatewayConfiguration()
    for setting in Section.settings.values {
      if let texts = setting.written(GatewayConfiguration()) { try setting.apply(texts, &configuration) }
    }
    #expect(configuration == GatewayConfiguration())
  }

  @Test func `explains every setting in a sentence`() {
    for setting in Section.settings.values {
      #expect(setting.documentation.hasSuffix("."), "\(setting.key)")
      #expect(!setting.allowed.isEmpty)
    }
  }
}
