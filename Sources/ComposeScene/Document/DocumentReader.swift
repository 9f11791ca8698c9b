// SPDX-License-Identifier: Apache-2.0

/// Collects what is wrong with a document while forms read it.
///
/// A value that is wrong reports itself and reads as `nil`, so that the rest is read too.
package final class DocumentReader {
    private var path = EditPath()
    private var found: [(offset: Int, problem: Problem)] = []

    /// Whether anything is wrong so far.
    var hasProblems: Bool { !found.isEmpty }

    /// Reads something that lies a step further down.
    func inside<Result>(_ step: EditPath.Step, _ body: () -> Result) -> Result {
        path.push(step)
        defer { path.pop() }
        return body()
    }

    /// Reports a problem of the value being read.
    func refuse(_ node: JSONNode, _ message: String) {
        found.append((node.offset, Problem(path: path.description, message: message)))
    }

    /// Reports that the value being read is of the wrong kind.
    func mismatch(_ node: JSONNode, _ expected: String) { refuse(node, "expected \(expected), found \(node.kind)") }

    /// Returns the value of a whole tree; throws every problem it has, in document order.
    static func read<Value>(_ node: JSONNode, as form: Form<Value>) throws(ComposeError) -> Value {
        let reader = DocumentReader()
        let value = form.read(node, reader)
        guard let value, !reader.hasProblems else { throw ComposeError(.invalidEdit, problems: reader.sorted) }
        return value
    }

    /// Equal offsets keep the order of finding, which is that of the forms' fields.
    private var sorted: [Problem] {
        found.enumerated().sorted { ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset) }
            .map(\.element.problem)
    }
}
