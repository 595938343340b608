public import Model

// Tables of filters are easier to read as they are written.
extension SubscriptionFilter: ExpressibleByStringLiteral {
  /// Stops the tests where the literal is no filter.
  public init(stringLiteral text: String) {
    do { self = try SubscriptionFilter(text) } catch { fatalError("\(error)") }
  }
}

extension TopicFilter: ExpressibleByStringLiteral {
  /// Stops the tests where the literal is no filter.
  public init(stringLiteral text: String) {
    do { self = try TopicFilter(text) } catch { fatalError("\(error)") }
  }
}
