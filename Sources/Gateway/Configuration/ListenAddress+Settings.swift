import SecureServer

/// The server's address, where the settings have one of the same name.
typealias ServerAddress = ListenAddress

func serverAddress(host: String, port: Int) -> ServerAddress { .host(host, port: port) }
