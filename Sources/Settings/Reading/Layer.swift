import Configuration

/// One of the places that settings come from: the file, the environment or the command line.
struct Layer {
  /// What was written, for swift-configuration.
  let provider: any ConfigProvider
  /// Where each setting was written, by its name; one that is not here was not.
  let origins: [String: SettingsProblem.Origin]

  /// What was written for `setting`; nil if nothing was.
  func texts(for setting: Setting) throws -> [String]? {
    guard origins[setting.name] != nil else { return nil }
    let type: ConfigType = setting.isList ? .stringArray : .string
    switch try provider.value(forKey: AbsoluteConfigKey(setting.configKey), type: type).value?.content {
    case .string(let text): return [text]
    case .stringArray(let texts): return texts
    default: return nil
    }
  }

  /// Everything that is wrong with the values themselves.
  func problems() -> [SettingsProblem] {
    var scratch = GatewayConfiguration()
    return Section.settings.values.compactMap { setting in
      do {
        if let texts = try texts(for: setting) { try setting.apply(texts, &scratch) }
        return nil
      } catch {
        return setting.problem(error, at: origins[setting.name] ?? .standard)
      }
    }
  }
}

extension Setting {
  /// The setting's name as swift-configuration takes it.
  var configKey: ConfigKey { ConfigKey(name.split(separator: ".").map(String.init)) }

  /// `error` as a problem with this setting.
  func problem(_ error: any Error, at origin: SettingsProblem.Origin) -> SettingsProblem {
    let reason = (error as? Rejection)?.reason ?? "\(error)"
    return SettingsProblem(origin: origin, key: key, reason: reason, allowed: allowed)
  }
}

extension InMemoryProvider {
  /// Holds `texts`, by the names of settings.
  init(name: String, texts: [String: [String]]) {
    var values: [AbsoluteConfigKey: ConfigValue] = [:]
    for setting in Section.settings.values {
      guard let texts = texts[setting.name] else { continue }
      let content: ConfigContent = setting.isList ? .stringArray(texts) : .string(texts.first ?? "")
      values[AbsoluteConfigKey(setting.configKey)] = ConfigValue(content, isSecret: false)
    }
    self.init(name: name, values: values)
  }
}
