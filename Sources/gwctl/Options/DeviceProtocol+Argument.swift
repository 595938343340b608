public import ArgumentParser
public import Model

/// `--protocol mqtt`: the words are those of a device's file.
extension DeviceProtocol: ExpressibleByArgument {}
