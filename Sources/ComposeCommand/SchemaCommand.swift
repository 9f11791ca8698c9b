// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compose
import Foundation

/// The command `compose schema`.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of edit documents.",
        discussion: "The schema follows draft 2020-12 and serves editors, form generators and validators.")

    @Flag(help: "Print Markdown tables of all fields instead.")
    var tables = false

    func run() throws {
        guard tables else { return try Console.say(Edit.schema.trimmingCharacters(in: .newlines)) }
        for table in Edit.fieldTables {
            try Console.say("### \(table.name)\n\n\(table.about)\n\n\(table.markdown)\n")
        }
    }
}
