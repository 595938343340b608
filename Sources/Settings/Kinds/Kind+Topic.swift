import Model

extension Kind where Value == String {
  /// A topic with one level that `placeholder` stands for.
  static func template(_ placeholder: String) -> Kind {
    Kind(allowed: "a topic with one level that is \(placeholder)") { text throws(Rejection) in
      do {
        _ = try Topic(text)
      } catch {
        throw Rejection("\(error)")
      }
      guard !text.hasPrefix("$") else { throw Rejection(text, "starts with '$'") }
      let levels = text.split(separator: "/", omittingEmptySubsequences: false)
      guard !levels.contains("") else { throw Rejection(text, "has an empty level") }
      guard levels.count(where: { $0 == placeholder }) == 1, levels.count(where: { $0.contains("%") }) == 1 else {
        throw Rejection(text, "does not have \(placeholder) alone in one level")
      }
      return text
    } write: {
      $0
    }
  }
}

extension Kind where Value == [TopicFilter] {
  /// Topic filters, maybe none.
  static var filters: Kind {
    Kind(allowed: "a list of topic filters with %i, + and #; [] is none") { texts throws(Rejection) in
      try texts.map { text throws(Rejection) in
        do {
          return try TopicFilter(text)
        } catch {
          throw Rejection("\(error)")
        }
      }
    } writeList: {
      $0.map(\.pattern)
    }
  }
}
