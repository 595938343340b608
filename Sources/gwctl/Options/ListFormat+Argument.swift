public import ArgumentParser
public import Devices

/// `--format csv`: the words are the names of the formats.
extension ListFormat: ExpressibleByArgument {}
