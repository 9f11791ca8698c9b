// SPDX-License-Identifier: Apache-2.0

/// The state of reading a document: the current path and the problems found.
///
/// A form that finds an invalid value reports it and returns `nil`, so that the rest is read too.
package final class DocumentReader {
    private var found: [(offset: Int, path: EditPath, message: String)] = []

    /// Whether a problem has been found.
    var hasProblems: Bool { !found.isEmpty }

    /// Runs `body` with the path extended by a step.
    func inside<Result>(_ step: EditPath.Step, _ body: () -> Result) -> Result {
        let mark = found.count
        let result = body()
        // Paths are built on the way back, and only for problems.
        for index in mark..<found.count { found[index].path.prepend(step) }
        return result
    }

    /// Reports a problem of the value being read.
    func refuse(_ node: JSONNode, _ message: String) {
        found.append((node.offset, EditPath(), message))
    }

    /// Reports that the value being read has the wrong type.
    func mismatch(_ node: JSONNode, _ expected: String) { refuse(node, "expected \(expected), found \(node.kind)") }

    /// Returns the value of a tree; throws all of its problems, in document order.
    static func read<Value>(_ node: JSONNode, as form: Form<Value>) throws(ComposeError) -> Value {
        let reader = DocumentReader()
        let value = form.read(node, reader)
        guard let value, !reader.hasProblems else { throw ComposeError(.invalidEdit, problems: reader.sorted) }
        return value
    }

    /// The problems by offset.
    ///
    /// At equal offsets they keep the order in which they were found, which is that of the forms' fields.
    private var sorted: [Problem] {
        found.enumerated().sorted { ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset) }
            .map { Problem(path: $0.element.path.description, message: $0.element.message) }
    }
}
