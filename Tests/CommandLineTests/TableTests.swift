import Testing

@testable import gwctl

@Suite struct TableTests {
  @Test func `aligns columns and leaves no blanks at the end`() {
    let table = Table(
      heads: ["ID", "IDENTITY", "LABELS"], rows: [["a", "Zähler", ""], ["sensor-17", "b", "site=north"]])
    #expect(
      table.text == """
        ID         IDENTITY  LABELS
        a          Zähler
        sensor-17  b         site=north

        """)
  }

  @Test func `needs no heads`() {
    #expect(Table(rows: [["id", "x"], ["identity", "y"]]).text == "id        x\nidentity  y\n")
  }

  @Test func `is empty without rows and heads`() {
    #expect(Table().text.isEmpty)
  }

  @Test func `lets no cell steer the terminal`() {
    #expect(Table(rows: [["\u{1b}[2Jx\ty\n\u{202e}z"]]).text == "\\u{1B}[2Jx\\ty\\n\\u{202E}z\n")
  }

  @Test(arguments: [
    (Array("meter 7".utf8), "meter 7"), ([0xff, 0x00], "0xff00"), ([0x1b, 0x41], "0x1b41"),
  ])
  func `shows an identity that is no text in hex`(_ identity: [UInt8], _ shown: String) {
    #expect(showable(identity: identity) == shown)
  }
}
