extension Kind where Value == [ListenAddress] {
  /// Where to listen, at least once.
  static var listenAddresses: Kind {
    Kind(allowed: "HOST:PORT or [IPV6]:PORT, or a list of them") { texts throws(Rejection) in
      guard !texts.isEmpty else { throw Rejection("the list is empty") }
      return try texts.map { text throws(Rejection) in
        guard let address = ListenAddress(text) else { throw Rejection(text, "is not an address and a port") }
        return address
      }
    } writeList: {
      $0.map(\.description)
    }
  }
}

extension Kind where Value == ListenAddress {
  /// Where to listen, once.
  static var listenAddress: Kind {
    Kind(allowed: "HOST:PORT or [IPV6]:PORT") { text throws(Rejection) in
      guard let address = ListenAddress(text) else { throw Rejection(text, "is not an address and a port") }
      return address
    } write: {
      $0.description
    }
  }
}

extension Kind where Value == [NetworkRange] {
  /// Networks, or none.
  static var networks: Kind {
    Kind(allowed: "networks such as 10.0.0.0/8 or 2001:db8::/32, or a list of them") { texts throws(Rejection) in
      try texts.map { text throws(Rejection) in
        guard let network = NetworkRange(text) else {
          throw Rejection(text, "is not an address, or not the first of its network")
        }
        return network
      }
    } writeList: {
      $0.map(\.description)
    }
  }
}

extension Kind where Value == GatewayConfiguration.Broker.Choice {
  /// `embedded`, or where brokers are.
  static var broker: Kind {
    Kind(allowed: "embedded, mqtt://HOST[:PORT], mqtts://HOST[:PORT], or a list of such URLs") {
      texts throws(Rejection) in
      guard !texts.isEmpty else { throw Rejection("the list is empty") }
      if texts == ["embedded"] { return .embedded }
      return .remote(
        try texts.map { text throws(Rejection) in
          // What is in such a URL may be a password, so it is not repeated.
          if text.contains("@") {
            throw Rejection("a user or password is in the URL; say broker.user and password_file")
          }
          guard let address = BrokerURL(text) else { throw Rejection(text, "is not a broker's URL") }
          return address
        })
    } writeList: {
      switch $0 {
      case .embedded: ["embedded"]
      case .remote(let addresses): addresses.map(\.description)
      }
    }
  }
}
