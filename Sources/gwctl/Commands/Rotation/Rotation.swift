import ArgumentParser

/// What comes after `rotate-key`.
struct Rotation: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotation",
    abstract: "Show, finish or cancel rotations of keys.",
    discussion: """
      With --json: see the help of the commands below.

      Example:
        gwctl rotation status
      """,
    subcommands: [RotationStatus.self, RotationFinish.self, RotationCancel.self])
}
