import Configuration

extension Layer {
  /// What gateway.yaml says.
  ///
  /// swift-configuration's own YAML provider knows no lines, lists no keys and reads the file for itself, so that what was
  /// checked need not be what is used: the nodes are read once, here, and handed on.
  init(yaml: String, path: String, problems: inout [SettingsProblem]) {
    var document = YAMLDocument(path: path)
    document.read(yaml)
    problems += document.problems
    origins = document.lines.mapValues { .file(path: path, line: $0) }
    provider = InMemoryProvider(name: path, texts: document.texts)
  }
}
